import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { insertAll } from '#models/mailbox/rows'
import type { Change, Values } from '#models/sheet/sheet'

export interface StoredRow {
  readonly row: number
  readonly line: number
  readonly key: string
  readonly kind: Change['kind']
  readonly before: string | null
  readonly after: string | null
  readonly sets_password: unknown
}

export async function insertRows(
  importId: number,
  changes: readonly Change[],
  client: TransactionClientContract
) {
  const rows = changes.map(({ row, line, key, kind, before, after, setsPassword }) => ({
    import_id: importId,
    row,
    line,
    key,
    kind,
    before: before && JSON.stringify(before),
    after: after && JSON.stringify(after),
    sets_password: setsPassword,
  }))
  await insertAll('import_rows', rows, client)
}

export function changeOfRow(stored: StoredRow): Change {
  const { row, line, key, kind, before, after, sets_password: setsPassword } = stored
  const read = (text: string | null): Values | null => (text === null ? null : JSON.parse(text))
  return {
    row,
    line,
    key,
    kind,
    before: read(before),
    after: read(after),
    setsPassword: Boolean(Number(setsPassword)),
  }
}
