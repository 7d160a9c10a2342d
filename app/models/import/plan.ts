import type { Actor } from '#models/actor'
import { idsOf } from '#models/mailbox/rows'
import { Restrictions } from '#models/restriction/restrictions'
import { passwordOf, type NewPassword } from '#models/import/hashing'
import { titleOf } from '#models/sheet/column'
import { changedKeys, isChanged } from '#models/sheet/mailboxes'
import { isProblem, type Mistake } from '#models/sheet/problem'
import type { Change, Objection, Scope, Sheet, SheetRow, Values } from '#models/sheet/sheet'

export interface Plan {
  readonly changes: readonly Change[]
  /** By row, for the hashing; they are stored nowhere. */
  readonly passwords: ReadonlyMap<number, NewPassword>
  /** Rows that say what is so already. */
  readonly same: number
  readonly mistakes: readonly Mistake[]
}

/** What the rows of a file would do to what is there. With mistakes, it does nothing. */
export async function planOf(
  sheet: Sheet,
  rows: readonly SheetRow[],
  scope: Scope,
  actor: Actor
): Promise<Plan> {
  const keys = rows.map(({ key }) => key)
  const present = await sheet.present(scope, keys)
  const changes: Change[] = []
  const mistakes: Mistake[] = []
  const passwords = new Map<number, NewPassword>()
  for (const each of rows) {
    const before = present.get(each.key)
    // What could not be read of a row counts as unchanged
    const row = each.isPartial ? { ...each, values: { ...before, ...each.values } } : each
    const kind = sheet.kindOf(row, before)
    if (kind === null) continue
    if (isProblem(kind)) {
      const { row: at, line, key: typed } = row
      mistakes.push({ typed, ...kind, row: at, line, column: titleOf(sheet.columns[0]) })
      continue
    }
    if (row.password !== undefined && !row.isPartial)
      passwords.set(row.row, passwordOf(row.key, row.password))
    changes.push(changeOf(row, kind, before))
  }
  mistakes.push(...(await mistakesOf(sheet, changes, scope, actor)))
  return { changes, passwords, same: rows.length - changes.length, mistakes }
}

function changeOf(row: SheetRow, kind: Change['kind'], before: Values | undefined): Change {
  return {
    row: row.row,
    line: row.line,
    key: row.key,
    kind,
    before: before ?? null,
    after: kind === 'removed' ? null : row.values,
    setsPassword: row.password !== undefined,
  }
}

export async function mistakesOf(
  sheet: Sheet,
  changes: readonly Change[],
  scope: Scope,
  actor: Actor
): Promise<Mistake[]> {
  const objections = [
    ...(await sheet.objections(changes, scope, actor)),
    ...(await restricted(sheet, changes, scope, actor)),
  ]
  return objections.map(({ change, columnKey, ...problem }) => {
    const column = sheet.columns.find(({ key }) => key === columnKey) ?? sheet.columns[0]
    const { row, line, key: typed } = change
    return { typed, ...problem, row, line, column: titleOf(column) }
  })
}

/** USR-08: what was restricted since it was shown counts, too. */
async function restricted(
  { features }: Sheet,
  changes: readonly Change[],
  { domain, client }: Scope,
  actor: Actor
): Promise<Objection[]> {
  const restrictions = await Restrictions.of(domain, actor, client)
  const wanted = Object.entries(features).filter(([, feature]) => restrictions.has(feature))
  if (wanted.length === 0) return []
  const keys = changes.map(({ key }) => key)
  const ids = await idsOf(domain, keys, client)
  return changes.flatMap((change) =>
    wanted.flatMap(([columnKey, feature]): Objection[] => {
      const isWanted = columnKey === 'password' ? change.setsPassword : isChanged(change, columnKey)
      const level = isWanted && restrictions.on(feature, { id: ids.get(change.key)! })
      const data = { level: String(level), role: actor.by.role }
      return level ? [{ change, columnKey, key: 'messages.refusals.restricted', data }] : []
    })
  )
}

/** Whether something else is there than what the preview showed as overwritten. */
export async function isOvertaken(sheet: Sheet, changes: readonly Change[], scope: Scope) {
  const present = await sheet.present(
    scope,
    changes.map(({ key }) => key)
  )
  return changes.some(({ key, before }) => {
    const now = present.get(key)
    if (!now || !before) return Boolean(now) !== Boolean(before)
    return changedKeys(before, now).length > 0
  })
}
