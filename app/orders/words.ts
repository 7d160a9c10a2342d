import i18nManager from '@adonisjs/i18n/services/main'
import { workWindows } from '#calendar/work_window'
import { plans } from '#models/server/plan'
import { isWorkWindow } from '#orders/dates'

const days = new Intl.DateTimeFormat('ja-JP', {
  timeZone: 'UTC',
  year: 'numeric',
  month: 'long',
  day: 'numeric',
  weekday: 'short',
})

const names = new Map<string, string>()

/** As customers know it; the name itself where a version is gone that knew it. Lists have many: each is looked up once. */
export function kindName(name: string): string {
  const known = names.get(name) ?? said(`orders.kinds.${name}.name`)
  if (known !== undefined) names.set(name, known)
  return known ?? name
}

export function said(key: string, data?: Record<string, unknown>): string | undefined {
  const words = i18nManager.locale('ja').t(key, data)
  return words.startsWith('translation missing') ? undefined : words
}

/** `2026年11月24日(火)` */
export function dayText(day: string | null): string {
  return day === null ? '' : days.format(new Date(`${day}T00:00:00Z`))
}

/** `10:00〜12:00`, `10:00から` */
export function windowText(window: string | null): string {
  if (window === null) return ''
  if (!isWorkWindow(window)) return `${window}から`
  const { from, to } = workWindows[window]
  return `${from}:00〜${to}:00`
}

/** What kinds tell of what somebody chose: `resources/lang/ja/orders.json`. */
export function word(key: string, data?: Record<string, unknown>): string {
  return i18nManager.locale('ja').t(`orders.${key}`, data)
}

/** `プラン B（仮想専用）` */
export function planText(code: string): string {
  const kind = plans.find((plan) => plan.code === code)?.kind ?? 'virtual'
  return said(`messages.plans.${kind}`, { code }) ?? code
}
