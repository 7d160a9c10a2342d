import { existsSync } from 'node:fs'
import app from '@adonisjs/core/services/app'
import { periodOf, type BillingCode } from '#billing/codes'
import type Order from '#models/order'
import type { Offer } from '#orders/offer'
import { cancellationOf, changeOf, leadText } from '#orders/catalogue'
import { dayText, kindName, said, windowText } from '#orders/words'

export { dayText, kindName, leadText, windowText, cancellationOf, changeOf }

type Words = 'summary' | 'notes' | 'paper' | 'day' | 'lead' | 'before'

/** What a kind is and what is to be known before it is ordered; empty where nothing is written. */
export function kindWords(name: string, key: Words) {
  return said(`orders.kinds.${name}.${key}`) ?? ''
}

/** How one of the modes of a kind, or another of its values, is called. */
export function kindValue(name: string, value: string) {
  return said(`orders.kinds.${name}.values.${value}`) ?? value
}

export function kindField(name: string, key: string) {
  return said(`orders.kinds.${name}.fields.${key}`) ?? key
}

/** What the customer may expect or do now. */
export function nextStep({ state, rules }: Pick<Order, 'state' | 'rules'>) {
  const isEnd = state === 'done' && rules.cancels !== undefined
  return said(`messages.orders.next_steps.${isEnd ? 'ended' : state}`) ?? ''
}

const afterwards: Readonly<Record<string, (order: Order) => string>> = {
  waf: ({ domainId }) => `/domains/${domainId}/web/waf`,
  dns_service: () => '/zones',
  server_addition: () => '/servers',
}

/** Where what was ordered is set up. */
export function placeOfOrdered(order: Order): string | null {
  return order.state === 'done' ? (afterwards[order.kind]?.(order) ?? null) : null
}

/** `/月`, `/年`, and of what is paid once how often. */
export function perPeriod(code: BillingCode) {
  return said(`messages.orders.periods.${periodOf(code)}`) ?? ''
}

export function kindStep(name: string, key: string) {
  return said(`orders.kinds.${name}.steps.${key}`) ?? key
}

/** Which days of the calendar can be chosen. */
export function offerText({ first, last, lead }: Offer) {
  const days = lead.kind === 'today_until_end_of_next_month' ? '日' : '営業日'
  const range = last ? `${dayText(first)}から${dayText(last)}までの` : `${dayText(first)}以降の`
  return `${range}${days}を選べます。`
}

/** A kind without inputs of its own has no file for them. */
export function hasOrderFields(name: string) {
  return existsSync(app.makePath(`resources/views/pages/orders/kinds/${name}.edge`))
}

/** Of what ends together with something: a server, a domain, an option, or an order that is under way. */
export function endingName(kind: string) {
  if (kind.startsWith('order:')) return `${kindName(kind.slice(6))}のお申込み`
  return said(`orders.endings.${kind}`) ?? kindName(kind)
}
