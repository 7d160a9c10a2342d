import vine from '@vinejs/vine'
import i18nManager from '@adonisjs/i18n/services/main'
import { addressStates, type AddressState } from '#models/address_pool/listing'
import { mostAddresses, readRange } from '#models/address_pool/range'
import { singleLine } from '#validators/rules'
import { readList, type ListRequest } from '#validators/list'

const addressRange = vine.createRule((value: unknown, _: undefined, field) => {
  const found = readRange(String(value))
  if (!('problem' in found)) return
  const key = `messages.address_ranges.problems.${found.problem}`
  const words = i18nManager.locale(i18nManager.defaultLocale).t(key, { most: mostAddresses })
  field.report(words, found.problem, field)
})

export const newAddresses = vine.create({
  address_range: vine.string().maxLength(60).use(addressRange()),
})

/** More than a page shows. */
const chosen = () =>
  vine.array(vine.number().withoutDecimals().positive()).minLength(1).maxLength(100).distinct()

export const chosenAddresses = vine.create({ addresses: chosen() })

export const reservation = vine.create({
  addresses: chosen(),
  reserved_for: vine.string().maxLength(100).use(singleLine()),
})

export async function readAddressList(
  query: Record<string, unknown>
): Promise<ListRequest & { readonly state: AddressState }> {
  const state = addressStates.find((each) => each === query.state) ?? 'all'
  return { ...(await readList(query, ['id'])), state }
}
