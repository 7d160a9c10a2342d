import { toldFields } from '#models/import/preview'
import { csvOf } from '#models/sheet/download'
import type { Change, Sheet } from '#models/sheet/sheet'
import { say } from '#models/sheet/words'

const columns = ['row', 'key', 'kind', 'field', 'before', 'after']

/** What a file does or did, a line for each thing that a row changes; in parts, because lists may be long. */
export async function* changesSheet(sheet: Sheet, parts: AsyncIterable<readonly Change[]>) {
  yield csvOf([columns.map((key) => say(`changes.${key}`))])
  for await (const changes of parts) yield csvOf(changes.flatMap((each) => linesOf(sheet, each)))
}

function linesOf(sheet: Sheet, change: Change) {
  const head = [String(change.row), change.key, say(`kinds.${change.kind}`)]
  const fields = toldFields(sheet, change)
  if (fields.length === 0) return [[...head, '', '', '']]
  return fields.map(({ title, before, after }) => [...head, title, before, after])
}
