import { DateTime } from 'luxon'
import { type Database, storedNow, type Row } from '#tests/load/stage/database'

export const contractCount = 100_000

/** `2026-09`, in Japan. */
export function monthsBack(count: number): string {
  return DateTime.now().setZone('Asia/Tokyo').minus({ months: count }).toFormat('yyyy-MM')
}

/**
 * Contracts with a server, its disk and a WAF from two months ago on; every tenth changed its plan in between, every
 * twentieth paid for something once. Answers how many fees there are.
 */
export function fillFees(db: Database): number {
  const created = { created_at: storedNow() }
  const codes = Array.from({ length: contractCount }, (_, index) => index + 1)
  db.transaction(() => {
    db.insertAll(
      'prices',
      prices.map((price) => ({ ...price, ...created }))
    )
    db.insertAll(
      'contracts',
      codes.map((id) => ({ id, code: `c${id}`, name: `株式会社${id}`, ...created }))
    )
    const fees = codes.flatMap(feesOf)
    db.insertAll('fees', fees)
    const once = codes.filter((id) => id % 20 === 0)
    db.insertAll(
      'one_time_fees',
      once.map((id) => onceOf(id))
    )
  })
  return db.one<{ n: number }>('select count(*) n from fees').n
}

const prices: Row[] = [
  ['plan.A', 9800],
  ['plan.B', 19800],
  ['disk.100gb', 3000],
  ['waf', 4980],
].map(([code, yen]) => ({ code, yen, valid_from: '2020-01-01', tax_percent: 10 }))

function feesOf(id: number): Row[] {
  const first = `${monthsBack(2)}-01`
  const fee = (code: string, from: string, until: string | null = null, quantity = 1) => ({
    ...{ contract_id: id, code, quantity, from_on: from, until_on: until },
    ...{ server_id: id, subject: `msv${id}`, created_at: storedNow(), updated_at: storedNow() },
  })
  const others = [fee('disk.100gb', first, null, 2), fee('waf', first)]
  if (id % 10 > 0) return [fee('plan.A', first), ...others]
  const middle = monthsBack(2)
  return [fee('plan.A', first, `${middle}-14`), fee('plan.B', `${middle}-15`), ...others]
}

function onceOf(id: number): Row {
  const what = { contract_id: id, code: 'ssl.setup', quantity: 1, unit_yen: 12_000 }
  return { ...what, tax_percent: 10, charged_on: `${monthsBack(2)}-20`, created_at: storedNow() }
}
