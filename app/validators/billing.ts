import i18nManager from '@adonisjs/i18n/services/main'
import vine from '@vinejs/vine'
import { billingCodes, type BillingCode } from '#billing/codes'
import { readDay } from '#models/day'

const say = (key: string) => i18nManager.locale(i18nManager.defaultLocale).t(key)

/** So much at most for one of anything: sums stay integers that are exact. */
const mostYen = 100_000_000

/** `9,800円` is what people write. */
const wholeYen = vine.createRule((typed: unknown, _: undefined, field) => {
  const text = String(typed)
    .normalize('NFKC')
    .replace(/[,\s円¥]/g, '')
  const yen = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (yen <= mostYen) field.mutate(yen, field)
  else field.report(say('messages.billing.no_amount'), 'yen', field)
})

const someDay = vine.createRule((typed: unknown, _: undefined, field) => {
  const read = readDay(String(typed))
  if (read) field.mutate(read, field)
  else field.report(say('messages.billing.no_day'), 'day', field)
})

const yen = () =>
  vine
    .string()
    .maxLength(20)
    .use(wholeYen())
    .transform((value) => Number(value))

export const taxPercents = ['10', '8', '0'] as const

export const newPrice = vine.create({
  price_code: vine.enum(Object.keys(billingCodes) as BillingCode[]),
  yen: yen(),
  tax_percent: vine.enum(taxPercents),
  valid_from: vine.string().maxLength(20).use(someDay()),
})

export const quote = vine.create({ yen: yen() })

const month = () => vine.string().regex(/^20\d\d-(0[1-9]|1[0-2])$/)

export const statementFile = vine.create({
  month: month(),
  of: vine.enum(['rates', 'lines']).optional(),
})

const monthOf = vine.create({ month: month().optional() })

/** Nonsense counts as absent. */
export async function readMonth(query: Record<string, unknown>): Promise<string | null> {
  const [error, read] = await monthOf.tryValidate(query)
  return error ? null : (read.month ?? null)
}
