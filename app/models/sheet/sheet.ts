import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import type { Actor } from '#models/actor'
import type Domain from '#models/domain'
import type { Feature } from '#models/restriction/feature'
import type Server from '#models/server'
import type { Column } from '#models/sheet/column'
import type { Problem } from '#models/sheet/problem'

export const sheetNames = [
  'additions',
  'deletions',
  'basic_settings',
  'spam_checks',
  'forwards',
  'rejected_senders',
  'mailing_lists',
  'mailing_list_members',
] as const
export type SheetName = (typeof sheetNames)[number]

export type Value = string | number | boolean | null | readonly string[]
/** By the keys of columns, without those that are secret. */
export type Values = Readonly<Record<string, Value>>

/** One row of a file, as far as its cells could be read. */
export interface SheetRow {
  readonly row: number
  readonly line: number
  /** What the row is about: a user's ID, a list's name. */
  readonly key: string
  readonly values: Values
  /** Some cells could not be: nothing will be done, but what else is wrong with it is told, too. */
  readonly isPartial: boolean
  /** In clear: it never leaves the process that got the file. */
  readonly password?: string
}

export type ChangeKind = 'added' | 'changed' | 'removed'

/** What one row does. `before` is what is overwritten: when it is another by then, nothing is done. */
export interface Change {
  readonly row: number
  readonly line: number
  readonly key: string
  readonly kind: ChangeKind
  readonly before: Values | null
  readonly after: Values | null
  readonly setsPassword: boolean
}

/** Where a sheet is looked at: one state of the database. */
export interface Scope {
  readonly domain: Domain
  readonly client: TransactionClientContract
}

/** Where it is carried out. The server's row is locked, so that nobody else changes the domain meanwhile. */
export interface WriteScope extends Scope {
  readonly server: Server
  readonly actor: Actor
}

/** The same change, when it is written: with the hash of the password that was in the row. */
export interface Write extends Change {
  readonly passwordHash?: string
}

/** A problem of one change, at one of its columns or at the whole row. */
export interface Objection extends Problem {
  readonly change: Change
  readonly columnKey?: string
}

/** One kind of CSV file (USR-01 … USR-05, USR-07): what is in it, what is there now, what it does. */
export interface Sheet {
  readonly name: SheetName
  readonly columns: readonly Column[]
  /** What a row is about, where its first cell does not say it alone. */
  keyOf?(values: Values): string
  /** Whom the operation log names, where it is not the key. */
  nameOf?(change: Change): string
  /** Rows of one file (USR-06, USR-07). */
  readonly most: number
  /** All keys that a download has a row for, in its order. */
  keys(scope: Scope): Promise<readonly string[]>
  /** What is there now, by key; keys that are not there are left out. */
  present(scope: Scope, keys: readonly string[]): Promise<ReadonlyMap<string, Values>>
  /** What a row does to what is there; null: nothing. */
  kindOf(row: SheetRow, before: Values | undefined): ChangeKind | Problem | null
  /** USR-08: what can be restricted, by column. */
  readonly features: Readonly<Record<string, Feature>>
  /** What speaks against the changes as a whole: loops, names that are taken elsewhere. */
  objections(changes: readonly Change[], scope: Scope, actor: Actor): Promise<readonly Objection[]>
  /** In the open transaction. */
  write(writes: readonly Write[], scope: WriteScope): Promise<void>
  /** For the operation log: what this change is called. */
  actionsOf(change: Change): readonly string[]
}
