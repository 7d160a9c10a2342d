import type { SchemaTypes } from '@vinejs/vine/types'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import type { BillingCode } from '#billing/codes'
import type { BusinessCalendar } from '#calendar/business_calendar'
import type { Day } from '#calendar/day'
import type { LeadTime } from '#calendar/lead_time'
import type Contract from '#models/contract'
import type Domain from '#models/domain'
import type Option from '#models/option'
import type Order from '#models/order'
import type Server from '#models/server'
import type { PriceUse } from '#models/fee/cost'
import type { WishRequest } from '#orders/wish'
import type Zone from '#models/zone'

/** Parts of the catalogue, as M 2.3 has them. */
export const groups = [
  'server',
  'domain',
  'ssl',
  'application',
  'load_balancer',
  'dns',
  'mail',
  'security',
  'network',
  'migration',
] as const

export type Group = (typeof groups)[number]

/** What an order is about; `contract` where it is about nothing that is there already. */
export type Subject = 'contract' | 'server' | 'domain' | 'zone' | 'option'

/** What somebody would like to have, before anything is decided. Of a domain and of an option its server is there, too. */
export interface Wish<D extends object = object> {
  readonly contract: Contract
  readonly server: Server | null
  readonly domain: Domain | null
  readonly zone: Zone | null
  readonly option: Option | null
  readonly details: D
  /** As it was typed; whether it may be is for the engine to say. */
  readonly dueOn: Day | null
  readonly window: string | null
  readonly moment: Date
  readonly calendar: BusinessCalendar
  /** Who enters it. Staff may what customers do on paper (ORD-05). */
  readonly role: 'contractor' | 'staff'
}

/** What is known while the form is shown. */
export type FormWish<D extends object = object> = Omit<Wish<Partial<D>>, 'dueOn' | 'window'>

export type Prices = readonly PriceUse[]

/** What ends together with what is cancelled; `kind` names the words, `name` is of the thing. */
export interface Ending {
  readonly kind: string
  readonly name: string
}

/** Something of what was filled in: key of its word below `kinds.<name>.fields`, and as people read it. */
export interface Told {
  readonly key: string
  readonly text: string
}

/** Rows that were chosen, by their ids: they are told by their names. */
export interface ToldRows {
  readonly key: string
  readonly table: 'servers' | 'domains' | 'mailboxes'
  readonly ids: readonly number[]
}

/** One kind of order: who may, when, what it locks and costs, and what happens when its day comes. */
export interface OrderKind<D extends object = any> {
  /** Names its words (`resources/lang/ja/orders.json`, `kinds.<name>`) and its form (`pages/orders/kinds/<name>.edge`). */
  readonly name: string
  /** E.g. `OPT-01`. */
  readonly requirement: string
  readonly group: Group
  readonly subject: Subject
  /** ORD-05: `form` is entered by staff only; `both` where that depends, see `isFormOnly`. */
  readonly door: 'panel' | 'form' | 'both'
  isFormOnly?(wish: Wish<D>): boolean
  /** The kind whose option this one ends, or `server`. */
  readonly cancels?: string
  /** The kind whose option this one changes. */
  readonly changes?: string
  /** M 2.3.1 *1: plans A to E only. */
  readonly isVirtualOnly?: boolean
  /** A choice on which its dates depend; tabs above the form instead of an input in it. Words: `kinds.<name>.values.<value>`. */
  readonly modes?: { readonly field: string; readonly values: readonly string[] }
  /** M 3.1 and 3.2. Without details while the form is shown for the first time. */
  lead(details: Partial<D>): LeadTime
  /** `10-12` (app/calendar/work_window) or the hour at which work begins, `10:00`. Absent: a day is enough. */
  windows?(details: Partial<D>, role: Wish['role']): readonly string[]
  /** When work may begin, where the day and the window don't say it: e.g. a cancellation at the end of its day. */
  dueAt?(day: Day, wish: Wish<D>): Date
  /** Done on the day of something else: that day, and nobody chooses. Null where there is nothing to follow. */
  follows?(wish: Wish<D>): Promise<Day | null>
  /** Id of the order that it is done with. That one withdrawn or rejected, this one is, too. */
  followed?(details: D): number
  /** M 2.3.1: once a day, of the day on which it is done. */
  readonly isOncePerDay?: boolean
  /** While an order with this key is open there is no second one. Absent: one of the kind for each subject, any number for a contract. */
  openKey?(wish: Wish<D>): string | null
  /** Vine schemas of the form's own inputs, by the names of the inputs. */
  readonly fields: Readonly<Record<string, SchemaTypes>>
  /** What its form offers, beside dates and windows. */
  choices?(wish: FormWish<D>): Promise<Record<string, unknown>>
  /** The same, where a machine has to be asked: before anything is locked. */
  askFirst?(request: WishRequest): Promise<void>
  /** Throws a Refusal for what nothing in its form could change; the form says so at once. Again when it is placed. */
  admit?(wish: FormWish<D>, client?: TransactionClientContract): Promise<void>
  /** Throws a Refusal for what can't be now. The contract's and the server's rows are locked. */
  check?(wish: Wish<D>, client: TransactionClientContract): Promise<void>
  /** Whose prices the catalogue shows. */
  readonly priceCodes?: readonly BillingCode[]
  /** Codes of the price list (app/billing/codes.ts): what it costs from the day on which it is done. */
  prices?(wish: Wish<D>, client?: TransactionClientContract): Prices | Promise<Prices>
  /** What is shown of the details. */
  describe?(details: D): readonly (Told | ToldRows)[]
  readonly work: 'machine' | 'staff'
  /** Machine: its time has come, and a task is to go on with it, which ends with `order.finish` or `order.stall`. */
  begin?(order: Order, client: TransactionClientContract): Promise<void>
  /** Rows, fees and tasks, all in the transaction in which it becomes 完了. A Refusal says why it can't. */
  perform?(order: Order, client: TransactionClientContract): Promise<void>
  /** What staff does, shown on the order's page: word keys below `kinds.<name>.steps`. */
  readonly steps?: readonly string[]
  /** ORD-04: what ends with it; shown before it is ordered. */
  ends?(wish: Wish<D>, client?: TransactionClientContract): Promise<readonly Ending[]>
  /** Usual: while nobody has begun. */
  canWithdraw?(order: Order): boolean
}
