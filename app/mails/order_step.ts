import i18nManager from '@adonisjs/i18n/services/main'
import mail from '@adonisjs/mail/services/main'
import { DateTime } from 'luxon'
import { support } from '#config/support'
import type Order from '#models/order'
import OrderEvent from '#models/order_event'
import { dayText, kindName, windowText } from '#orders/words'
import env from '#start/env'

/** ORD-06: the customer learns of each step, once. Of a contract without an address nobody is told. */
export async function tellOfStep(eventId: number) {
  const event = await OrderEvent.query()
    .where('id', eventId)
    .preload('order', (order) => order.preload('contract'))
    .first()
  if (!event || event.isInternal || event.toldAt) return
  const to = event.order.contract.noticeAddress
  if (!to) return
  await mail.send((message) => {
    message.to(to).subject(subjectOf(event)).text(textOf(event))
  })
  await event.merge({ toldAt: DateTime.utc() }).save()
}

/** ORD-06: what the customer wrote or answered, to the support desk. */
export async function tellStaffOfWord(eventId: number) {
  const event = await OrderEvent.query()
    .where('id', eventId)
    .preload('order', (order) => order.preload('contract'))
    .first()
  if (!event) return
  const { order, text, what } = event
  const { code, name } = order.contract
  const parts = [
    say(`staff.${what}`, { code, name }),
    factsOf(order),
    text ?? '',
    `${env.get('APP_URL')}/staff/orders/${order.id}`,
  ]
  await mail.send((message) => {
    message.to(support.mail).subject(say('staff.subject', { id: order.id, code }))
    message.text(parts.filter((part) => part !== '').join('\n\n'))
  })
}

function subjectOf({ what, order }: OrderEvent) {
  const { id, kind } = order
  return say(`subjects.${what}`, { kind: kindName(kind), id })
}

function textOf({ what, text, order }: OrderEvent) {
  const { name } = order.contract
  const parts = [
    say('greeting', { name }),
    say(`leads.${what}`),
    factsOf(order),
    text === null ? '' : `${say('from_us')}\n${text}`,
    say(`next.${what}`),
    `${env.get('APP_URL')}/orders/${order.id}`,
    say('end'),
  ]
  return parts.filter((part) => part !== '').join('\n\n')
}

function factsOf(order: Order) {
  const { id, kind, subject, dueOn, workWindow, dueChosen } = order
  const day = [dayText(dueOn), windowText(workWindow)].join(' ').trim()
  const lines = [
    say('facts.id', { id }),
    say('facts.kind', { kind: kindName(kind) }),
    say('facts.subject', { subject }),
    day === '' ? '' : say(dueChosen ? 'facts.day' : 'facts.expected', { day }),
  ]
  return lines.filter((line) => line !== '').join('\n')
}

function say(key: string, values?: Record<string, string | number>) {
  return i18nManager.locale('ja').t(`messages.orders.mail.${key}`, values)
}
