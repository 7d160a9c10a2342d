import i18nManager from '@adonisjs/i18n/services/main'
import vine from '@vinejs/vine'
import { readDay } from '#models/day'
import { powerActions } from '#models/server/power'

const say = (key: string) => i18nManager.locale(i18nManager.defaultLocale).t(key)

/** SRV-05. */
export const serverPower = vine.create({ power: vine.enum(powerActions) })

/** ORD-04: so long a server that was cancelled can be kept. */
export const mostGraceDays = 365

const someDay = vine.createRule((typed: unknown, _: undefined, field) => {
  const read = readDay(String(typed))
  if (read) field.mutate(read, field)
  else field.report(say('messages.billing.no_day'), 'day', field)
})

/** ORD-04. */
export const serverGrace = vine.create({ removes_on: vine.string().maxLength(20).use(someDay()) })
