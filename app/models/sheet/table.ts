import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setImmediate as breathe } from 'node:timers/promises'
import { parse, CsvError } from 'csv-parse'
import { problemsOf, titleOf, type CellContext, type Column } from '#models/sheet/column'
import { restored } from '#models/sheet/formulas'
import { shortened, type Mistake, type Problem } from '#models/sheet/problem'
import type { Sheet, SheetRow, Value } from '#models/sheet/sheet'
import { survey, type Piece } from '#models/sheet/survey'

/** What a spreadsheet's cell can hold. */
const longestCell = 32_767
/** No sheet has as many columns; whoever sends more has something else in mind. */
const widestRow = 1_000
const chunkCharacters = 65_536
/** After so long other requests have their turn. */
const millisecondsAtOnce = 20
/** Of one list; whoever has more of them in a cell sees by these what is wrong. */
const mostProblems = 20

export interface ReadTable {
  readonly rows: readonly SheetRow[]
  /** All of them. */
  readonly mistakes: readonly Mistake[]
}

interface CsvRecord extends Pick<Piece, 'row' | 'line' | 'isOpen'> {
  readonly cells: readonly string[]
  /** Cells in the file, with the empty ones at the end. */
  readonly count: number
}

/** Everything that can be said of a file without looking at what is there already. */
export async function readTable(
  text: string,
  sheet: Sheet,
  context: Omit<CellContext, 'key'>
): Promise<ReadTable> {
  const { pieces: all, filled } = await survey(text, sheet.most + 2)
  if (filled === 0) return failed(wholeFile('empty'))
  const pieces = all.filter((piece) => !isExample(piece))
  const count = filled - 1 - (all.length - pieces.length)
  const isTooLong = count > sheet.most
  const wide = pieces.find(({ width }) => width > widestRow)
  if (wide) return failed(tooManyCells(wide, sheet))
  const { records, mistake } = await recordsOf(isTooLong ? pieces.slice(0, 1) : pieces)
  const [head, ...body] = records
  if (!head) return failed(mistake ?? wholeFile('empty'))
  const wrongHead = mistakesOfHead(head, sheet.columns)
  if (wrongHead.length > 0) return { rows: [], mistakes: wrongHead }
  if (isTooLong) return failed(wholeFile('too_many_rows', { count, max: sheet.most }))
  const { rows, mistakes } = await readRows(body, sheet, context)
  return { rows, mistakes: mistake ? [...mistakes, mistake] : mistakes }
}

/** All that can be parted into cells, and the mistake that ended it. */
async function recordsOf(pieces: readonly Piece[]) {
  const records: CsvRecord[] = []
  const parser = parse({
    relax_column_count: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    skip_empty_lines: false,
    // Here and not from the stream, which forgets at a mistake what nobody has read yet
    on_record(cells: string[]) {
      const { row, line, isOpen, cells: count } = pieces[records.length]
      records.push({ row, line, isOpen, count, cells })
      return null
    },
  })
  try {
    await pipeline(Readable.from(chunksOf(pieces)), parser.resume())
    return { records }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const key = error.code === 'CSV_QUOTE_NOT_CLOSED' ? 'quote_open' : 'quote_inside'
    const { row, line } = pieces[records.length]
    const mistake: Mistake = { key, row, line, column: null }
    return { records, mistake }
  }
}

/** With pauses, in which other requests have their turn: a stream of what is there already has none. */
async function* chunksOf(pieces: readonly Piece[]) {
  let waiting = ''
  for (const { text } of pieces) {
    for (let start = 0; start < text.length; start += chunkCharacters) {
      waiting += text.slice(start, start + chunkCharacters)
      if (waiting.length < chunkCharacters) continue
      yield Buffer.from(waiting)
      waiting = ''
      await breathe()
    }
    waiting += '\n'
  }
  yield Buffer.from(waiting)
}

/** What a template shows is not taken for a user or a list, in whose place it might stand. */
const isExample = ({ text }: Piece) => /^"?[（(]例[）)]/.test(text)

/** Half width, without spaces: `ディスク容量制限（MB）` is the same heading. */
const alike = (text: string) =>
  text.slice(0, 200).normalize('NFKC').replaceAll(/\s/g, '').toLowerCase()

function mistakesOfHead({ cells, row, line }: CsvRecord, columns: readonly Column[]): Mistake[] {
  const titles = columns.map(titleOf)
  const wanted = titles.map(alike)
  const typed = cells.map(alike)
  if (typed.length === wanted.length && typed.every((each, at) => each === wanted[at])) return []
  const at = { row, line, column: null }
  if (typed.filter((each) => wanted.includes(each)).length * 2 < wanted.length) {
    return [{ ...at, key: 'head_absent', data: { titles: titles.join('、') } }]
  }
  // By position and not by what stands there: without headings it would be somebody's password.
  const unknown = typed.flatMap((each, index) => (wanted.includes(each) ? [] : [index + 1]))
  const missing = titles.filter((title) => !typed.includes(alike(title)))
  const mistakes: Mistake[] = [
    ...unknown.map((position) => ({ ...at, key: 'head_unknown', data: { position } })),
    ...missing.map((title) => ({ ...at, key: 'head_missing', data: { title } })),
  ]
  if (mistakes.length > 0) return mistakes
  return [{ ...at, key: 'head_order', data: { titles: titles.join('、') } }]
}

async function readRows(
  records: readonly CsvRecord[],
  sheet: Sheet,
  context: Omit<CellContext, 'key'>
): Promise<ReadTable> {
  const rows: SheetRow[] = []
  const mistakes: Mistake[] = []
  const firstRows = new Map<string, number>()
  let begun = performance.now()
  for (const record of records) {
    if (performance.now() - begun > millisecondsAtOnce) {
      await breathe()
      begun = performance.now()
    }
    const read = readRow(record, sheet, context)
    const first = read.row && firstRows.get(read.row.key)
    mistakes.push(...read.mistakes)
    if (first) mistakes.push(duplicateOf(record, sheet.columns[0], first))
    else if (read.row) {
      firstRows.set(read.row.key, record.row)
      rows.push(read.row)
    }
  }
  return { rows, mistakes }
}

/**
 * Excel leaves out the separators at the end of rows whose last cells are empty, so that these count as
 * empty; but not in a last row that ends without an end of line, which is half a row.
 */
function readRow(
  record: CsvRecord,
  sheet: Sheet,
  context: Omit<CellContext, 'key'>
): { row?: SheetRow; mistakes: readonly Mistake[] } {
  const { cells, row, line, count, isOpen } = record
  const { columns } = sheet
  const at = { row, line }
  const wanted = columns.length
  if (cells.length > wanted)
    return { mistakes: [tooManyCells({ ...at, width: cells.length }, sheet)] }
  if (isOpen && count < wanted) {
    return { mistakes: [{ ...at, column: null, key: 'cut_off', data: { count, wanted } }] }
  }
  const values: Record<string, Value> = {}
  const mistakes: Mistake[] = []
  for (const [index, column] of columns.entries()) {
    const text = cells[index] ?? ''
    const cell = readCell(text, column, { ...context, key: cells[0] })
    const problems = problemsOf(cell).slice(0, mostProblems)
    const isShown = index === 0 || !columns.some(({ isSecret }) => isSecret)
    mistakes.push(...problems.map((each) => placed(each, isShown ? text : null, column, at)))
    if (problems.length === 0) values[column.key] = cell as Value
    // Something is there, which is what the other rules ask for
    else if (column.isSecret) values[column.key] = ''
  }
  return { mistakes, row: rowOf(values, sheet, at, mistakes.length > 0) }
}

/** A row with mistakes still counts when it can be told what it is about: there may be more of them. */
function rowOf(
  { password, ...values }: Record<string, Value>,
  sheet: Sheet,
  at: { row: number; line: number },
  isPartial: boolean
): SheetRow | undefined {
  const [first] = sheet.columns
  if (isPartial && (sheet.keyOf || values[first.key] === undefined)) return undefined
  const secret = typeof password === 'string' ? { password } : {}
  return { ...at, key: keyOf(sheet, values), values, isPartial, ...secret }
}

function keyOf(sheet: Sheet, values: Record<string, Value>) {
  return sheet.keyOf?.(values) ?? String(values[sheet.columns[0].key])
}

function readCell(text: string, column: Column, context: CellContext): Value | readonly Problem[] {
  if (text.length > longestCell) return [{ key: 'cell_too_long', data: { max: longestCell } }]
  return column.read(column.isSecret ? text : restored(text), context)
}

/** `text`: null where a password may stand that slipped into the wrong column. */
function placed(
  problem: Problem,
  text: string | null,
  column: Column,
  at: { row: number; line: number }
) {
  const { typed, ...rest } = problem
  const shown = text === null ? {} : { typed: typed ?? shortened(text) }
  return { ...rest, ...shown, ...at, column: titleOf(column) }
}

function duplicateOf({ cells, row, line }: CsvRecord, column: Column, first: number): Mistake {
  const typed = shortened(cells[0])
  return { key: 'duplicate', data: { first }, typed, row, line, column: titleOf(column) }
}

function tooManyCells(
  { row, line, width }: Pick<Piece, 'row' | 'line' | 'width'>,
  { columns }: Sheet
): Mistake {
  const data = { count: width, wanted: columns.length }
  return { row, line, column: null, key: 'too_many_cells', data }
}

function wholeFile(key: string, data?: Record<string, number>): Mistake {
  return { key, data, row: null, line: null, column: null }
}

const failed = (mistake: Mistake): ReadTable => ({ rows: [], mistakes: [mistake] })
