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

/** The same for a file, where lists are whole. */
export interface ToldField {
  readonly title: string
  readonly before: string
  readonly after: string
}

const entriesShown = 10

/** What is overwritten by what; never a password. */
export function shownChange(sheet: Sheet, change: Change): ShownChange {
  const { row, key, kind, before, after } = change
  const fields = columnsOf(sheet, change).map((column) => fieldOf(column, before, after ?? {}))
  const description = removedDescription(sheet, change)
  if (description) fields.push({ ...description, before: null, after: description.before })
  const secret = newSecret(sheet, change)
  if (secret) fields.unshift({ ...secret, before: null })
  return { row, key, kind, fields }
}

/** All of it, entry by entry. */
export function toldFields(sheet: Sheet, change: Change): readonly ToldField[] {
  const { before, after } = change
  const told = (column: Column, values: Values | null) => {
    const value = values?.[column.key]
    return value === undefined || value === null ? '' : column.print(value)
  }
  const fields = columnsOf(sheet, change).map((column) => ({
    title: titleOf(column),
    before: told(column, before),
    after: told(column, after),
  }))
  return [newSecret(sheet, change), ...fields, removedDescription(sheet, change)].filter(
    (each) => each !== undefined
  )
}

function columnsOf(sheet: Sheet, { kind, before, after }: Change) {
  const values = after ?? {}
  const keys = kind === 'changed' ? changedKeys(before ?? {}, values) : Object.keys(values)
  return sheet.columns.slice(1).filter(({ key }) => keys.includes(key))
}

/** What tells apart who is removed, as nothing brings him back. */
function removedDescription(sheet: Sheet, { kind, before }: Change): ToldField | undefined {
  const column = sheet.columns.find(({ key }) => key === 'description')
  if (kind !== 'removed' || !column || !before?.description) return undefined
  return { title: titleOf(column), before: printed(column, before.description), after: '' }
}

function newSecret(sheet: Sheet, { kind, setsPassword }: Change): ToldField | undefined {
  const column = sheet.columns.find(({ isSecret }) => isSecret)
  if (kind !== 'changed' || !setsPassword || !column) return undefined
  return { title: titleOf(column), before: '', after: say('preview.secret') }
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
