import { titleOf, type Column } from '#models/sheet/column'
import { changedKeys } from '#models/sheet/mailboxes'
import type { Change, ChangeKind, Sheet, Value, Values } from '#models/sheet/sheet'
import { say } from '#models/sheet/words'

/** One thing that a row changes, as people read it. */
export interface ShownField {
  readonly title: string
  /** Null: there was nothing to overwrite. */
  readonly before: string | null
  readonly after: string
  /** Of lists that are replaced (USR-03 … USR-05). */
  readonly entries?: {
    readonly added: readonly string[]
    readonly removed: readonly string[]
    readonly more: number
  }
}

export interface ShownChange {
  readonly row: number
  readonly key: string
  readonly kind: ChangeKind
  readonly fields: readonly ShownField[]
}

const entriesShown = 10

/** What is overwritten by what; never a password. */
export function shownChange(sheet: Sheet, change: Change): ShownChange {
  const { row, key, kind, before, after, setsPassword } = change
  const values = after ?? {}
  const keys = kind === 'changed' ? changedKeys(before ?? {}, values) : Object.keys(values)
  const columns = sheet.columns.slice(1).filter((column) => keys.includes(column.key))
  const fields = columns.map((column) => fieldOf(column, before, values))
  const secret = sheet.columns.find(({ isSecret }) => isSecret)
  // What tells apart who is removed, as nothing brings him back
  const description = sheet.columns.find(({ key: name }) => name === 'description')
  if (kind === 'removed' && description && before?.description) {
    const text = printed(description, before.description)
    fields.push({ title: titleOf(description), before: null, after: text })
  }
  if (setsPassword && kind === 'changed' && secret) {
    fields.unshift({ title: titleOf(secret), before: null, after: say('preview.secret') })
  }
  return { row, key, kind, fields }
}

function fieldOf(column: Column, before: Values | null, after: Values): ShownField {
  const now = before?.[column.key]
  const wish = after[column.key]
  const title = titleOf(column)
  if (!isList(wish)) {
    return { title, before: before && printed(column, now ?? null), after: printed(column, wish) }
  }
  const present = isList(now) ? now : []
  const added = wish.filter((each) => !present.includes(each))
  const removed = present.filter((each) => !wish.includes(each))
  const more = Math.max(0, added.length - entriesShown) + Math.max(0, removed.length - entriesShown)
  return {
    title,
    before: null,
    after: say('preview.list', { before: present.length, after: wish.length }),
    entries: { added: added.slice(0, entriesShown), removed: removed.slice(0, entriesShown), more },
  }
}

function isList(value: Value | undefined): value is readonly string[] {
  return Array.isArray(value)
}

function printed(column: Column, value: Value) {
  return (value === null ? '' : column.print(value)) || say('preview.empty')
}
