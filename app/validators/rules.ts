import vine from '@vinejs/vine'
import type { FieldContext } from '@vinejs/vine/types'
import i18nManager from '@adonisjs/i18n/services/main'
import { isPublicAddress } from '#clients/public_addresses'
import { longestPasswordBytes } from '#models/account/password'
import { readMoment } from '#models/announcement/moment'
import { readDay, today } from '#models/day'
import { readPhoneNumber, readPostalCode } from '#models/contract_profile/readings'
import { readyLabelLength, readySuffixes } from '#config/domains'
import { checkDatabaseName } from '#models/database/name'
import { checkDomainName } from '#models/domain/domain_name'
import { checkReadyName } from '#models/domain/ready_name'
import { problemOfPrimaries } from '#models/zone/primaries'
import { checkZoneName, reverseNameProblems } from '#models/zone/zone_name'
import type { AddressCheck } from '#models/mail_address'
import { longestList, readAddressList } from '#models/mail_address/list'
import { checkListName } from '#models/mailing_list/name'
import { checkLocalPart } from '#models/mailbox/local_part'
import { readTimeOfDay } from '#models/tamper_watch/time_of_day'
import { problemOfPassword } from '#models/account/password_strength'

function report(field: FieldContext, key: string, data?: Record<string, string | number>) {
  const message = i18nManager.locale(i18nManager.defaultLocale).t(`messages.${key}`, data)
  field.report(message, key, field)
}

/** DOM-01. */
export const domainName = vine.createRule((value: unknown, _: undefined, field) => {
  const check = checkDomainName(String(value))
  const typed = String(value).trim().toLowerCase()
  if ('problem' in check) report(field, `domains.problems.${check.problem}`, { typed })
})

/** OPT-10. */
export const zoneName = vine.createRule((value: unknown, _: undefined, field) => {
  const check = checkZoneName(String(value))
  if (!('problem' in check)) return
  const typed = String(value).trim().toLowerCase()
  const isReverse = (reverseNameProblems as readonly string[]).includes(check.problem)
  const words = isReverse ? 'zones.name_problems' : 'domains.problems'
  report(field, `${words}.${check.problem}`, { typed })
})

/** OPT-10: of a primary that answers to the whole world. */
export const zoneAddresses = vine.createRule((value: unknown, _: undefined, field) => {
  const problem = problemOfPrimaries(String(value), isReachable)
  if (problem) report(field, `zones.address_problems.${problem.key}`, problem.data)
})

/** IPv6: only 2000::/3 is given out, without what documentation uses (RFC 4291, RFC 3849). */
const isReachable = (address: string) =>
  isPublicAddress(address) || /^(?!2001:db8:)[23][0-9a-f]{0,3}:/.test(address)

/** DOM-02. */
export const readyLabel = vine.createRule((value: unknown, _: undefined, field) => {
  const check = checkReadyName(String(value), readySuffixes[0])
  if ('problem' in check) report(field, `domains.ready_problems.${check.problem}`, readyLabelLength)
})

/** MAIL-01. */
export const localPart = vine.createRule((value: unknown, _: undefined, field) => {
  const check = checkLocalPart(String(value))
  if ('problem' in check) report(field, `mailboxes.problems.${check.problem}`)
})

/** MAIL-06. */
export const listName = vine.createRule((value: unknown, _: undefined, field) => {
  const check = checkListName(String(value))
  if ('problem' in check) report(field, `mailing_lists.problems.${check.problem}`)
})

/** WEB-04. */
export const databaseName = vine.createRule((value: unknown, _: undefined, field) => {
  const check = checkDatabaseName(String(value))
  if ('problem' in check) report(field, `databases.problems.${check.problem}`)
})

/** One line of text: control characters would break generated files and logs. */
export const singleLine = vine.createRule((value: unknown, _: undefined, field) => {
  if (/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029]/u.test(String(value))) {
    report(field, 'problems.control_characters')
  }
})

/** As people write it: `530-0001`, `〒５３００００１`; read by `readPostalCode`. */
export const postalCode = vine.createRule((value: unknown, _: undefined, field) => {
  if (!readPostalCode(String(value))) report(field, 'problems.postal_code')
})

export const phoneNumber = vine.createRule((value: unknown, _: undefined, field) => {
  if (!readPhoneNumber(String(value))) report(field, 'problems.phone')
})

/** OPT-05: what goes into a certificate request; authorities in Japan take no Japanese letters there. */
export const latinText = vine.createRule((value: unknown, _: undefined, field) => {
  if (!/^[\x20-\x7e]*$/.test(String(value))) report(field, 'problems.no_latin_text')
})

/** Several lines of text: what is neither text nor the end of a line would break a message. */
export const textLines = vine.createRule((value: unknown, _: undefined, field) => {
  if (/[\p{Cs}\p{Co}\u2028\u2029]|(?![\r\n\t])\p{Cc}/u.test(String(value))) {
    report(field, 'problems.control_characters_in_text')
  }
})

/** More would hide the rest of the form. */
const mostMistakes = 10

/** A list with an entry a line; each mistake is said with the number of its line. */
export const addressList = vine.createRule(
  (value: unknown, { check, own, most = longestList }: AddressListOptions, field) => {
    const checked = own ? notOwn(check, field.meta.address) : check
    const { values, mistakes } = readAddressList(String(value), checked)
    for (const { line, typed, problem } of mistakes.slice(0, mostMistakes)) {
      const words = sayProblem(problem)
      report(field, 'addresses.line', { line, typed: shortened(typed), words })
    }
    const more = mistakes.length - mostMistakes
    if (more > 0) report(field, 'addresses.more_lines', { more })
    if (values.length > most) {
      report(field, 'addresses.too_many', { count: values.length, max: most })
    }
  }
)

interface AddressListOptions {
  readonly check: (typed: string) => AddressCheck
  /** The owner's own address (`meta.address`) may not be in it. */
  readonly own?: boolean
  /** So many entries; `longestList` when absent. */
  readonly most?: number
}

function notOwn(check: AddressListOptions['check'], address: string) {
  return (typed: string): ReturnType<typeof check> => {
    const found = check(typed)
    return 'value' in found && found.value === address ? { problem: 'own' } : found
  }
}

function sayProblem(problem: string) {
  return i18nManager.locale(i18nManager.defaultLocale).t(`messages.addresses.problems.${problem}`)
}

function shortened(typed: string) {
  return typed.length > 60 ? `${typed.slice(0, 60)}…` : typed
}

/** A password that is to be set; what is like the login name or known to everybody is refused. */
export const strongPassword = vine.createRule((value: unknown, _: undefined, field) => {
  const problem = problemOfPassword(String(value), loginHints(field))
  if (problem) report(field, `passwords.problems.${problem}`, { max: longestPasswordBytes })
})

/** Words that belong to the account, from the form itself and from what the controller knows. */
function loginHints(field: FieldContext) {
  const typed = [field.data.name, field.data.local_part, field.meta.login]
  return typed.filter((hint): hint is string => typeof hint === 'string')
}

/** PNL-05, in MiB. The most is what the form's record leaves: the disk of a server, a domain's share. */
const size = vine.createRule((value: unknown, { least }: { least: number }, field) => {
  const most = Number(field.meta.mostMb)
  const isWithin = typeof value === 'number' && value >= least && value <= most
  if (!isWithin) report(field, 'problems.size', { min: least, max: most })
})

/** A size as people write it: `1e3`, `0x10` and `+5` are numbers to JavaScript only. */
export const megabytes = (least: number) => requiredMegabytes(least).optional()

export const requiredMegabytes = (least: number) =>
  vine
    .number()
    .parse((typed) =>
      typeof typed === 'string' && !/^\d+$/.test(typed.trim()) ? Number.NaN : typed
    )
    .withoutDecimals()
    .use(size({ least }))

/** A day. `after`: of what may not be later; what ends before today would do nothing, so it is said. */
export const day = vine.createRule(
  (value: unknown, options: { after: string; onlyWhen: string } | undefined, field) => {
    const read = readDay(String(value))
    if (!read) return report(field, 'problems.day')
    if (!options || field.data[options.onlyWhen] !== 'on') return
    const first = readDay(String(field.data[options.after] ?? ''))
    if (first && first > read) report(field, 'problems.days_in_wrong_order')
    else if (read < today()) report(field, 'problems.day_is_over')
  }
)

/** OPS-07: a moment in Japan. `after`: of what may not be later. */
export const momentOfJapan = vine.createRule(
  (value: unknown, options: { after: string } | undefined, field) => {
    const read = readMoment(String(value))
    if (!read) return report(field, 'problems.moment')
    const first = options && readMoment(String(field.data[options.after] ?? ''))
    if (first && first >= read) report(field, 'problems.moments_in_wrong_order')
  }
)

/** `HH:MM`. */
export const timeOfDay = vine.createRule((value: unknown, _: undefined, field) => {
  if (readTimeOfDay(String(value)) === undefined) report(field, 'problems.time_of_day')
})

/** MAIL-11: a number of recipients; a day has no fewer than an hour. Full-width digits are digits. */
export const recipients = (options: { most: number; least?: string }) =>
  vine
    .number()
    .parse((typed) => (typeof typed === 'string' ? wholeNumber(typed) : typed))
    .withoutDecimals()
    .use(recipientCount(options))

const recipientCount = vine.createRule(
  (value: unknown, { most, least }: { most: number; least?: string }, field) => {
    const isWithin = typeof value === 'number' && value >= 1 && value <= most
    if (!isWithin) return report(field, 'problems.recipients', { max: most })
    const other = least === undefined ? 0 : wholeNumber(String(field.data[least]))
    if (other > Number(value)) report(field, 'problems.day_below_hour')
  }
)

/** A number of days. Full-width digits are digits. */
export const days = (options: { least: number; most: number }) =>
  vine
    .number()
    .parse((typed) => (typeof typed === 'string' ? wholeNumber(typed) : typed))
    .withoutDecimals()
    .use(dayCount(options))

const dayCount = vine.createRule(
  (value: unknown, { least, most }: { least: number; most: number }, field) => {
    const isWithin = typeof value === 'number' && value >= least && value <= most
    if (!isWithin) report(field, 'problems.days', { min: least, max: most })
  }
)

function wholeNumber(typed: string) {
  const digits = typed.normalize('NFKC').replace(/,/g, '').trim()
  return /^\d{1,9}$/.test(digits) ? Number(digits) : Number.NaN
}
