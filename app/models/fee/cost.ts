import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { chargesOf, type Lasting } from '#billing/charges'
import { periodOf, type BillingCode } from '#billing/codes'
import { Month } from '#billing/month'
import { PriceHistory } from '#billing/price_history'
import { taxOf } from '#billing/tax'
import { Day } from '#calendar/day'
import { standardTaxPercent } from '#config/billing'
import Fee from '#models/fee'
import Price from '#models/price'

/** Something that an order brings. */
export interface PriceUse {
  readonly code: BillingCode
  readonly quantity?: number
  /** The plan of this server is what it takes the place of: only the difference counts. */
  readonly changesPlanOf?: number
  /** What this option costs is what it takes the place of. */
  readonly changesOption?: number
}

/** Yen without tax, and with it. */
export interface Sum {
  readonly net: number
  readonly gross: number
}

/** What an order changes, so that the customer sees it before he says yes (ORD-07). Below nothing: it gets cheaper. */
export interface Cost {
  /** In the month that it is now, and in the one after; fees by the day, and by the year what is due. */
  readonly thisMonth: Sum
  readonly nextMonth: Sum
  /** A whole month of it, once it has begun. */
  readonly monthly: Sum
  /** Paid once, with the month in which it is done. */
  readonly once: Sum
  /** Codes that the list has no price for: they are quoted, and count nothing here. */
  readonly unpriced: readonly BillingCode[]
}

type Part = 'thisMonth' | 'nextMonth' | 'monthly' | 'once'

/** What a contract pays more (or less) when it has all this from that day on. */
export async function costOf(
  contractId: number,
  uses: readonly PriceUse[],
  from: Day,
  client?: TransactionClientContract
): Promise<Cost> {
  const prices = await Price.histories(client)
  const bill = new Bill(Month.at(Day.at(new Date())))
  for (const use of uses) {
    bill.add(use.code, lastingOf(use, from), prices(use.code), 1)
    for (const fee of await replacedBy(contractId, use, from, client)) {
      const agreed = fee.unitYen === null ? null : agreedPrice(fee.unitYen, from)
      const rest = { ...fee.lasting, from }
      bill.add(fee.code, rest, agreed ?? prices(fee.code), -1)
    }
  }
  return bill.cost
}

class Bill {
  readonly #sums: Record<Part, { net: number; tax: number }>
  readonly #unpriced = new Set<BillingCode>()
  readonly #month: Month

  constructor(month: Month) {
    this.#month = month
    const none = () => ({ net: 0, tax: 0 })
    this.#sums = { thisMonth: none(), nextMonth: none(), monthly: none(), once: none() }
  }

  get cost(): Cost {
    const sum = (part: Part) => {
      const { net, tax } = this.#sums[part]
      return { net, gross: net + tax }
    }
    const [thisMonth, nextMonth] = [sum('thisMonth'), sum('nextMonth')]
    const rest = { monthly: sum('monthly'), once: sum('once'), unpriced: [...this.#unpriced] }
    return { thisMonth, nextMonth, ...rest }
  }

  add(code: BillingCode, lasting: Lasting, prices: PriceHistory, sign: 1 | -1) {
    const price = prices.on(lasting.from)
    if (!price) return void this.#unpriced.add(code)
    const put = (part: Part, yen: number, percent = price.taxPercent) => {
      this.#sums[part].net += sign * yen
      this.#sums[part].tax += sign * taxOf(yen, percent)
    }
    const whole = price.yen * lasting.quantity
    if (periodOf(code) === 'once') return put('once', whole)
    if (periodOf(code) === 'month') put('monthly', whole)
    const months = { thisMonth: this.#month, nextMonth: this.#month.next }
    for (const [part, month] of Object.entries(months))
      for (const { yen, taxPercent } of chargesOf(lasting, month, prices) ?? [])
        put(part as Part, yen, taxPercent)
  }
}

function lastingOf({ code, quantity = 1 }: PriceUse, from: Day): Lasting {
  return { code, quantity, from, to: null }
}

async function replacedBy(
  contractId: number,
  { code, changesPlanOf: serverId, changesOption: optionId }: PriceUse,
  from: Day,
  client?: TransactionClientContract
): Promise<Fee[]> {
  if (serverId === undefined && optionId === undefined) return []
  const fees = Fee.query({ client })
    .where('contractId', contractId)
    .where((lasts) => lasts.whereNull('untilOn').orWhere('untilOn', '>=', from.toString()))
  if (optionId !== undefined) return fees.where({ optionId, code })
  return fees.where('serverId', serverId!).where('code', 'like', 'plan.%')
}

export function agreedPrice(yen: number, from: Day): PriceHistory {
  return new PriceHistory([{ from, yen, taxPercent: standardTaxPercent }])
}
