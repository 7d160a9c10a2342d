import db from '@adonisjs/lucid/services/db'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { periodOf, type BillingCode } from '#billing/codes'
import type { Cost } from '#models/fee/cost'
import { costOfWish } from '#orders/costs'
import type { Dates } from '#orders/dates'
import type { Ending, OrderKind, Wish } from '#orders/kind'
import { checked } from '#orders/placing'
import { subjectName, wishOf, type WishRequest } from '#orders/wish'

/** What an order would be: when it is done, what it costs, what ends with it. */
export interface Preview {
  readonly wish: Wish
  readonly subject: string
  readonly dates: Dates
  readonly cost: Cost
  /** Paid for a year at a time: no part of a monthly sum. */
  readonly yearly: readonly BillingCode[]
  readonly ends: readonly Ending[]
}

/** All is checked as if it was ordered; nothing is written. */
export async function previewOf(
  kind: OrderKind,
  request: WishRequest,
  role: Wish['role']
): Promise<Preview> {
  await kind.askFirst?.(request)
  return db.transaction(async (client) => {
    const wish = await wishOf(kind, request, role, client)
    const { dates } = await checked(kind, wish, { client })
    const cost = await costOfWish(kind, wish, dates.dueOn, client)
    const ends = (await kind.ends?.(wish, client)) ?? []
    const yearly = await yearlyOf(kind, wish, client)
    return { wish, subject: subjectName(wish), dates, cost, yearly, ends }
  })
}

async function yearlyOf(
  kind: OrderKind,
  wish: Wish,
  client: TransactionClientContract
): Promise<BillingCode[]> {
  const prices = (await kind.prices?.(wish, client)) ?? []
  const codes = prices.map(({ code }) => code)
  return codes.filter((code) => periodOf(code) === 'year')
}
