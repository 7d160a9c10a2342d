import vine from '@vinejs/vine'
import type { FieldContext } from '@vinejs/vine/types'
import i18nManager from '@adonisjs/i18n/services/main'
import { longestPasswordBytes } from '#models/account/password'
import { checkDomainName } from '#models/domain/domain_name'
import { checkLocalPart } from '#models/mailbox/local_part'
import { problemOfPassword } from '#validators/password_strength'

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

/** MAIL-01. */
export const localPart = vine.createRule((value: unknown, _: undefined, field) => {
  const check = checkLocalPart(String(value))
  if ('problem' in check) report(field, `mailboxes.problems.${check.problem}`)
})

/** One line of text: control characters would break generated files and logs. */
export const singleLine = vine.createRule((value: unknown, _: undefined, field) => {
  if (/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029]/u.test(String(value))) {
    report(field, 'problems.control_characters')
  }
})

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
export const megabytes = (least: number) =>
  vine
    .number()
    .parse((typed) =>
      typeof typed === 'string' && !/^\d+$/.test(typed.trim()) ? Number.NaN : typed
    )
    .withoutDecimals()
    .use(size({ least }))
    .optional()
