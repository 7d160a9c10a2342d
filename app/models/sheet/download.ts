import { stringify } from 'csv-stringify/sync'
import { say } from '#models/sheet/words'
import { titleOf } from '#models/sheet/column'
import { neutralised } from '#models/sheet/formulas'
import { wordsOf, type Mistake } from '#models/sheet/problem'
import type { Scope, Sheet, Values } from '#models/sheet/sheet'

/** Excel for Windows expects CRLF; everything else takes it. */
export function csvOf(rows: readonly (readonly string[])[]) {
  return stringify(
    rows.map((cells) => cells.map(neutralised)),
    { record_delimiter: 'windows', quoted_match: /[\r\n]/ }
  )
}

/** The headings and one row that shows how to fill them in, marked so that it does nothing if it stays. */
export function templateOf({ columns }: Sheet): string {
  const [first, ...others] = columns.map(({ example }) => example)
  return csvOf([columns.map(titleOf), [`（例）${first}`, ...others]])
}

/** How many files it takes to hold everything: each uploads again, and no file may have more rows. */
export async function partsOf(sheet: Sheet, scope: Scope) {
  const keys = await sheet.keys(scope)
  return Math.max(1, Math.ceil(keys.length / sheet.most))
}

/** The present state as it can be uploaded again without changing anything (USR-06). */
export async function presentState(sheet: Sheet, scope: Scope, part = 1): Promise<string> {
  const all = await sheet.keys(scope)
  const keys = all.slice((part - 1) * sheet.most, part * sheet.most)
  const present = await sheet.present(scope, keys)
  const rows = keys.flatMap((key) => {
    const values = present.get(key)
    return values ? [cellsOf(sheet, values)] : []
  })
  return csvOf([sheet.columns.map(titleOf), ...rows])
}

function cellsOf({ columns }: Sheet, values: Values) {
  return columns.map((column) => (column.isSecret ? '' : column.print(values[column.key] ?? null)))
}

/** USR-06: every wrong row by line, column and reason. */
export function mistakesSheet(mistakes: readonly Mistake[]): string {
  const titles = ['row', 'line', 'column', 'reason', 'typed'].map((key) => say(`mistakes.${key}`))
  const rows = mistakes.map((each) => [
    String(each.row ?? ''),
    String(each.line ?? ''),
    each.column ?? '',
    wordsOf(each),
    each.typed ?? '',
  ])
  return csvOf([titles, ...rows])
}
