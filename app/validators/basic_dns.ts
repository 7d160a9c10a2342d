import { isIPv4 } from 'node:net'
import { domainToASCII } from 'node:url'
import vine from '@vinejs/vine'
import type { FieldContext } from '@vinejs/vine/types'
import i18nManager from '@adonisjs/i18n/services/main'
import { isPublicAddress } from '#clients/public_addresses'

function report(field: FieldContext, key: string) {
  const message = i18nManager.locale('ja').t(`messages.basic_dns.problems.${key}`)
  field.report(message, key, field)
}

const readTarget = (typed: string) =>
  isIPv4(typed.trim()) ? typed.trim() : domainToASCII(typed.trim().replace(/\.$/, ''))

/** RFC 1123; a host's name never ends in a number. */
const hostName = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/

/** Where a site or mail is: an address of the whole world's, or a host's name outside of the domain. */
const target = vine.createRule((value: unknown, _: undefined, field) => {
  const read = readTarget(String(value))
  const { name } = field.meta as { name: string }
  if (isIPv4(read)) {
    if (!isPublicAddress(read)) report(field, 'private_address')
  } else if (!hostName.test(read)) report(field, 'no_host')
  else if (read === name || read.endsWith(`.${name}`)) report(field, 'own_name')
})

const mostPrimaries = 4
const linesOf = (typed: string) => [
  ...new Set(
    typed
      .split(/[\s,、]+/)
      .map((each) => each.trim())
      .filter(Boolean)
  ),
]

/** DOM-04, pattern B: name servers of the customer's own that the whole world reaches. */
const ownPrimaries = vine.createRule((value: unknown, _: undefined, field) => {
  const addresses = linesOf(String(value))
  if (addresses.length === 0) return report(field, 'no_primary')
  if (addresses.length > mostPrimaries) return report(field, 'too_many_primaries')
  if (!addresses.every((each) => isIPv4(each))) return report(field, 'no_address')
  if (!addresses.every((each) => isPublicAddress(each))) report(field, 'private_address')
})

const place = () => vine.enum(['here', 'elsewhere', 'none'] as const)

const targetIf = (other: string) =>
  vine
    .string()
    .maxLength(255)
    .use(target())
    .transform((typed) => readTarget(typed))
    .optional()
    .requiredWhen(other, '=', 'elsewhere')

/** `meta.name`: of the domain. */
export const basicDns = vine.withMetaData<{ name: string }>().create({
  pattern: vine.enum(['A', 'B', 'C'] as const),
  web: place(),
  web_target: targetIf('web'),
  mail: place(),
  mail_target: targetIf('mail'),
  dns_primaries: vine
    .string()
    .maxLength(500)
    .use(ownPrimaries())
    .transform((typed) => linesOf(typed))
    .optional()
    .requiredWhen('pattern', '=', 'B'),
})
