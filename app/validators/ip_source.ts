import vine from '@vinejs/vine'
import i18nManager from '@adonisjs/i18n/services/main'
import type { FieldContext } from '@vinejs/vine/types'
import { mostSources } from '#config/networks'
import { readSources } from '#models/ip_source/list'
import { mostPanelSources } from '#models/panel_restriction'

/** More would hide the rest of the form. */
const mostMistakes = 10
/** Room for a hundred of the longest kind, each a line. */
const longestListText = 10_000

/** Addresses and networks; each mistake is said with the number of its line. */
export const sourceList = vine.createRule((value: unknown, { most }: { most: number }, field) => {
  const { values, mistakes } = readSources(String(value))
  for (const { line, typed, problem } of mistakes.slice(0, mostMistakes)) {
    const words = say(`sources.problems.${problem}`)
    const seen = typed.length > 60 ? `${typed.slice(0, 60)}…` : typed
    report(field, 'addresses.line', { line, typed: seen, words })
  }
  const more = mistakes.length - mostMistakes
  if (more > 0) report(field, 'addresses.more_lines', { more })
  if (values.length > most) {
    report(field, 'addresses.too_many', { count: values.length, max: most })
  }
})

/** PNL-07. `loaded`: the version of the list that the form showed. */
export const panelRestriction = vine.create({
  sources: vine
    .string()
    .maxLength(longestListText)
    .use(sourceList({ most: mostPanelSources }))
    .nullable()
    .optional(),
  accepts_lock_out: vine.array(vine.enum(['on'] as const)).optional(),
  loaded: vine.string().maxLength(64).nullable().optional(),
})

/** NET-03, as `panelRestriction`. */
export const firewallRule = vine.create({
  sources: vine
    .string()
    .maxLength(longestListText)
    .use(sourceList({ most: mostSources }))
    .nullable()
    .optional(),
  accepts_lock_out: vine.array(vine.enum(['on'] as const)).optional(),
  loaded: vine.string().maxLength(64).nullable().optional(),
})

function report(field: FieldContext, key: string, data: Record<string, string | number>) {
  field.report(say(key, data), key, field)
}

function say(key: string, data?: Record<string, string | number>) {
  return i18nManager.locale(i18nManager.defaultLocale).t(`messages.${key}`, data)
}
