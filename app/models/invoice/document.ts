import { invoiceFont } from '#config/billing'
import { lineHeads, type InvoiceContents, type LineCells } from '#models/invoice/contents'

/** Points, on A4. */
const margin = 48
const width = 595.28 - 2 * margin
const bottom = 841.89 - margin - 24
const columns = [0, 172, 272, 345, 375, 407].map((x) => margin + x)
const ends = [...columns.slice(1), margin + width]

type Paper = PDFKit.PDFDocument

/** ORD-07: an invoice as PDF, with as many pages as it takes; the font is in it. */
export async function invoicePdf(contents: InvoiceContents): Promise<Buffer> {
  // Only who wants an invoice needs it
  const { default: PDFDocument } = await import('pdfkit')
  const info = { Title: `${contents.title} ${contents.facts[0][1]}`, Author: contents.issuer.name }
  const paper: Paper = new PDFDocument({
    size: 'A4',
    margin,
    bufferPages: true,
    font: invoiceFont,
    info,
  })
  const parts: Buffer[] = []
  const ended = new Promise<Buffer>((resolve, reject) => {
    paper.on('data', (part: Buffer) => parts.push(part))
    paper.on('end', () => resolve(Buffer.concat(parts)))
    paper.on('error', reject)
  })
  draw(paper, contents)
  paper.end()
  return ended
}

function draw(paper: Paper, contents: InvoiceContents) {
  paper.fontSize(20).text(contents.title, margin, margin, { width, align: 'center' })
  const top = paper.y + 16
  const left = drawRecipient(paper, contents, top)
  const right = drawIssuer(paper, contents, top)
  let y = Math.max(left, right) + 18
  paper.fontSize(10).text(contents.totalName, margin, y + 5)
  paper.fontSize(16).text(contents.total, margin + 120, y)
  y += 30
  y = drawLines(paper, contents.lines, y)
  y = drawRates(paper, contents, fits(paper, y + 10, 20 * (contents.rates.length + 3)))
  for (const note of contents.notes) {
    y = fits(paper, y + 6, 30)
    paper.fontSize(9).text(note, margin, y, { width })
    y = paper.y
  }
  numberPages(paper)
}

function drawRecipient(paper: Paper, { recipient }: InvoiceContents, y: number) {
  const box = { width: 250 }
  paper.fontSize(9)
  paper.text(recipient.lines.join('\n'), margin, y, box)
  paper.fontSize(13).text(`${recipient.name} 御中`, margin, paper.y + 4, box)
  paper.fontSize(9).text(`契約ID ${recipient.code}`, margin, paper.y + 4, box)
  return paper.y
}

function drawIssuer(paper: Paper, { facts, issuer }: InvoiceContents, y: number) {
  const x = margin + 280
  const own = [
    issuer.name,
    issuer.registrationNumber && `登録番号 ${issuer.registrationNumber}`,
    issuer.address,
    issuer.phone && `電話 ${issuer.phone}`,
  ]
  const lines = [...facts.map(([term, text]) => `${term}：${text}`), '', ...own.filter(Boolean)]
  paper.fontSize(9).text(lines.join('\n'), x, y, { width: width - 280, lineGap: 2 })
  return paper.y
}

function drawLines(paper: Paper, lines: readonly LineCells[], top: number) {
  let y = drawRow(paper, lineHeads, top)
  for (const cells of lines) {
    const height = heightOf(paper, cells)
    if (y + height > bottom) {
      paper.addPage()
      y = drawRow(paper, lineHeads, margin)
    }
    y = drawRow(paper, cells, y)
  }
  return y
}

function heightOf(paper: Paper, [name]: LineCells) {
  return paper.fontSize(8.5).heightOfString(name, { width: ends[0] - columns[0] - 6 }) + 8
}

function drawRow(paper: Paper, cells: LineCells, y: number) {
  const height = heightOf(paper, cells)
  for (const [index, text] of cells.entries()) {
    const box = { width: ends[index] - columns[index] - 6, lineBreak: index === 0 }
    paper.text(text, columns[index], y + 4, { ...box, align: index < 2 ? 'left' : 'right' })
  }
  rule(paper, y + height)
  return y + height
}

function drawRates(paper: Paper, { rates, total }: InvoiceContents, top: number) {
  let y = top
  const row = (cells: readonly string[]) => {
    for (const [index, text] of cells.entries()) {
      const x = margin + 220 + index * 95
      paper.fontSize(9).text(text, x, y, { width: 90, align: 'right', lineBreak: false })
    }
    y += 16
  }
  row(['', '税抜', '消費税'])
  for (const rate of rates) row(rate)
  row(['合計（税込）', '', total])
  return y
}

function fits(paper: Paper, y: number, height: number) {
  if (y + height <= bottom) return y
  paper.addPage()
  return margin
}

function rule(paper: Paper, y: number) {
  paper
    .moveTo(margin, y)
    .lineTo(margin + width, y)
    .lineWidth(0.5)
    .strokeColor('#999999')
    .stroke()
}

function numberPages(paper: Paper) {
  const { count } = paper.bufferedPageRange()
  for (let page = 0; page < count; page++) {
    paper.switchToPage(page)
    // Below the margin, where text would begin a page of its own
    paper.page.margins.bottom = 0
    const text = `${page + 1} / ${count}`
    paper.fontSize(8).text(text, margin, bottom + 10, { width, align: 'center', lineBreak: false })
  }
}
