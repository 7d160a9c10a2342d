import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setImmediate as breathe } from 'node:timers/promises'
import { parse, CsvError } from 'csv-parse'
import { problemsOf, titleOf, type CellContext, type Column } from '#models/sheet/column'
import { restored } from '#models/sheet/formulas'
import { shortened, type Mistake, type Problem } from '#models/sheet/problem'
import type { Sheet, SheetRow, Value } from '#models/sheet/sheet'

/** What a spreadsheet's cell can hold. */
const longestCell = 32_767
const chunkBytes = 65_536
/** After so many rows other requests have their turn. */
const rowsAtOnce = 25

export interface ReadTable {
  readonly rows: readonly SheetRow[]
  /** All of them, in the order of the file. */
  readonly mistakes: readonly Mistake[]
}

interface CsvRecord {
  readonly cells: readonly string[]
  readonly row: number
  readonly line: number
}

/** Everything that can be said of a file without looking at what is there already. */
export async function readTable(
  text: string,
  sheet: Sheet,
  context: Omit<CellContext, 'key'>
): Promise<ReadTable> {
  const { records, mistake } = await recordsOf(text)
  const [head, ...body] = records
  if (!head || isBlank(head)) return failed(mistake ?? wholeFile('empty'))
  const wrongHead = mistakesOfHead(head, sheet.columns)
  if (wrongHead.length > 0) return { rows: [], mistakes: wrongHead }
  const filled = body.filter((record) => !isBlank(record))
  if (filled.length > sheet.most) {
    return failed(wholeFile('too_many_rows', { count: filled.length, max: sheet.most }))
  }
  if (filled.length === 0) return failed(mistake ?? wholeFile('no_rows'))
  const read = await readRows(filled, sheet, context, !/[\r\n]$/.test(text))
  return mistake ? { rows: [], mistakes: [...read.mistakes, mistake] } : read
}

/** All that can be parted into cells, and the mistake that ended it. */
async function recordsOf(text: string) {
  const records: CsvRecord[] = []
  let line = 1
  const parser = parse({
    relax_column_count: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    skip_empty_lines: false,
    // Here and not from the stream, which forgets at a mistake what nobody has read yet
    on_record(cells: string[], { lines }) {
      records.push({ cells, row: records.length + 1, line })
      line = lines + 1
      return null
    },
  })
  try {
    await pipeline(Readable.from(chunksOf(Buffer.from(text))), parser.resume())
    return { records }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const key = error.code === 'CSV_QUOTE_NOT_CLOSED' ? 'quote_open' : 'quote_inside'
    const mistake: Mistake = { key, row: records.length + 1, line, column: null }
    return { records, mistake }
  }
}

function* chunksOf(bytes: Buffer) {
  for (let start = 0; start < bytes.length; start += chunkBytes) {
    yield bytes.subarray(start, start + chunkBytes)
  }
}

const isBlank = ({ cells }: CsvRecord) => cells.every((cell) => cell.trim() === '')

/** Half width, without spaces: `ディスク容量制限（MB）` is the same heading. */
const alike = (text: string) => text.normalize('NFKC').replaceAll(/\s/g, '').toLowerCase()

function mistakesOfHead({ cells, row, line }: CsvRecord, columns: readonly Column[]): Mistake[] {
  const titles = columns.map(titleOf)
  const wanted = titles.map(alike)
  const typed = withoutEmptyEnd(cells).map(alike)
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

function withoutEmptyEnd(cells: readonly string[]) {
  const last = cells.findLastIndex((cell) => cell.trim() !== '')
  return cells.slice(0, last + 1)
}

async function readRows(
  records: readonly CsvRecord[],
  sheet: Sheet,
  context: Omit<CellContext, 'key'>,
  isOpenEnded: boolean
): Promise<ReadTable> {
  const rows: SheetRow[] = []
  const mistakes: Mistake[] = []
  const firstRows = new Map<string, number>()
  for (const [index, record] of records.entries()) {
    if (index % rowsAtOnce === 0) await breathe()
    const isCut = isOpenEnded && index === records.length - 1
    const read = readRow(record, sheet, context, isCut)
    const first = read.row && firstRows.get(read.row.key)
    mistakes.push(...read.mistakes)
    if (first) mistakes.push(duplicateOf(record, sheet.columns[0], first))
    else if (read.row) firstRows.set(read.row.key, record.row)
    if (read.row) rows.push(read.row)
  }
  return mistakes.length > 0 ? { rows: [], mistakes } : { rows, mistakes }
}

/**
 * Excel leaves out the separators at the end of rows whose last cells are empty, so that these count as
 * empty; but not in a last row that ends without an end of line, which is half a row.
 */
function readRow(
  { cells, row, line }: CsvRecord,
  sheet: Sheet,
  context: Omit<CellContext, 'key'>,
  isCut: boolean
): { row?: SheetRow; mistakes: readonly Mistake[] } {
  const { columns } = sheet
  const at = { row, line }
  const filled = withoutEmptyEnd(cells)
  const data = { count: filled.length, wanted: columns.length }
  if (filled.length > columns.length) {
    return { mistakes: [{ ...at, column: null, key: 'too_many_cells', data }] }
  }
  if (isCut && cells.length < columns.length) {
    const short = { count: cells.length, wanted: columns.length }
    return { mistakes: [{ ...at, column: null, key: 'cut_off', data: short }] }
  }
  const values: Record<string, Value> = {}
  const mistakes: Mistake[] = []
  for (const [index, column] of columns.entries()) {
    const text = cells[index] ?? ''
    const cell = readCell(text, column, { ...context, key: cells[0] })
    const problems = problemsOf(cell)
    const isShown = index === 0 || !columns.some(({ isSecret }) => isSecret)
    mistakes.push(...problems.map((each) => placed(each, isShown ? text : null, column, at)))
    if (problems.length === 0) values[column.key] = cell as Value
  }
  if (mistakes.length > 0) return { mistakes, row: keyedOnly(values, sheet, at) }
  const { password, ...others } = values
  const secret = typeof password === 'string' ? { password } : {}
  return {
    mistakes,
    row: { ...at, key: keyOf(sheet, others), values: others, ...secret },
  }
}

/** A row with mistakes still counts when the same user stands in the file twice. */
function keyedOnly(
  values: Record<string, Value>,
  sheet: Sheet,
  at: { row: number; line: number }
): SheetRow | undefined {
  const isKnown = sheet.keyOf === undefined && values[sheet.columns[0].key] !== undefined
  return isKnown ? { ...at, key: keyOf(sheet, values), values: {} } : undefined
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

function wholeFile(key: string, data?: Record<string, number>): Mistake {
  return { key, data, row: null, line: null, column: null }
}

const failed = (mistake: Mistake): ReadTable => ({ rows: [], mistakes: [mistake] })
