import i18nManager from '@adonisjs/i18n/services/main'
import vine from '@vinejs/vine'
import type { FieldContext } from '@vinejs/vine/types'
import { checkErrorPage, errorStatuses, type ErrorPages } from '#models/domain/error_page'
import {
  isPhpValue,
  phpSettings,
  problemsOfPhpValues,
  type PhpSetting,
  type PhpValues,
} from '#models/domain/php_setting'
import { webPorts } from '#models/domain/web_port'

/** `versions`: those that the server has. A number has dots in forms, too, so it is a word. */
const version = () => vine.enum((field) => field.meta.versions as string[])

export const phpVersions = vine.withMetaData<{ versions: readonly string[] }>().create({
  http: version(),
  https: version(),
  staging_http: version(),
  staging_https: version(),
})

export const phpSwitch = vine.withMetaData<{ versions: readonly string[] }>().create({
  from: vine.string().regex(/^\d\.\d{1,2}$/),
  to: version(),
  ports: vine.array(vine.enum(webPorts)).notEmpty().maxLength(webPorts.length),
})

/** A dot in the name of a field would mean something nested. */
export const fieldOf = (name: string) => name.replaceAll('.', '__')

function report(field: FieldContext, key: string, data?: Record<string, string | number>) {
  const message = i18nManager.locale(i18nManager.defaultLocale).t(key, data)
  field.report(message, key, field)
}

/** Full-width digits are digits, and so are those with commas. */
function typedValue({ kind }: PhpSetting, typed: string) {
  return kind === 'number' ? typed.normalize('NFKC').replace(/[,\s]/g, '') : typed
}

/** WEB-03: what is left empty is the server's standard. */
const phpValue = vine.createRule((typed: unknown, setting: PhpSetting, field) => {
  const value = typedValue(setting, String(typed))
  const name = i18nManager.locale(i18nManager.defaultLocale).t(`php.${fieldOf(setting.name)}.name`)
  if (isPhpValue(setting, value)) return reportTogether(setting, field)
  if (setting.kind === 'choice') return report(field, 'php.problems.choice', { name })
  if (!/^\d+$/.test(value)) return report(field, 'php.problems.number', { name })
  report(field, 'php.problems.range', { name, least: setting.least, most: setting.most })
})

/** What is wrong with it beside another value is said where it was typed. */
function reportTogether({ name }: PhpSetting, field: FieldContext) {
  const values = phpValuesOf(field.data)
  const upload = Number(values.upload_max_filesize ?? standardUpload)
  for (const [problem, ...concerned] of problemsOfPhpValues(values)) {
    const typed = concerned.find((each) => values[each] !== undefined)
    if (typed === name) report(field, `php.problems.${problem}`, { upload })
  }
}

const standardUpload = phpSettings.find(({ name }) => name === 'upload_max_filesize')!.standard

/** `loaded`: the version of what the form showed. */
const loaded = () => vine.string().maxLength(64).nullable().optional()

export const phpValues = vine.create({
  loaded: loaded(),
  ...Object.fromEntries(
    phpSettings.map((setting) => [
      fieldOf(setting.name),
      vine.string().maxLength(60).use(phpValue(setting)).nullable().optional(),
    ])
  ),
})

/** By name, from a form whose fields were looked at or are being looked at. */
export function phpValuesOf(input: Readonly<Record<string, unknown>>): PhpValues {
  return Object.fromEntries(
    phpSettings.flatMap((setting) => {
      const typed = input[fieldOf(setting.name)]
      if (typeof typed !== 'string' || typed === '') return []
      return [[setting.name, typedValue(setting, typed)] as const]
    })
  )
}

/** WEB-01. */
const errorPage = vine.createRule((typed: unknown, _: undefined, field) => {
  const check = checkErrorPage(String(typed))
  if ('problem' in check) report(field, `messages.error_pages.problems.${check.problem}`)
})

export const errorPages = vine.create({
  loaded: loaded(),
  ...Object.fromEntries(
    errorStatuses.map((status) => [
      `page_${status}`,
      vine.string().maxLength(1000).use(errorPage()).nullable().optional(),
    ])
  ),
})

export function errorPagesOf(input: Readonly<Record<string, unknown>>): ErrorPages {
  return Object.fromEntries(
    errorStatuses.flatMap((status) => {
      const typed = input[`page_${status}`]
      const check = typeof typed === 'string' ? checkErrorPage(typed) : undefined
      return check && 'value' in check ? [[status, check.value] as const] : []
    })
  )
}
