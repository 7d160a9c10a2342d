/** ORD-06: 受付, 受付不備, 作業待ち, 作業中, 完了, 取消, 却下 */
export const orderStates = [
  'received',
  'incomplete',
  'waiting',
  'working',
  'done',
  'withdrawn',
  'rejected',
] as const

export type OrderState = (typeof orderStates)[number]

const next: Readonly<Record<OrderState, readonly OrderState[]>> = {
  received: ['incomplete', 'waiting', 'working', 'done', 'withdrawn', 'rejected'],
  incomplete: ['received', 'withdrawn', 'rejected'],
  waiting: ['incomplete', 'working', 'done', 'withdrawn', 'rejected'],
  working: ['waiting', 'done', 'rejected'],
  done: [],
  withdrawn: [],
  rejected: [],
}

export const openStates: readonly OrderState[] = ['received', 'incomplete', 'waiting', 'working']

/** Nobody has begun with it. */
export const untouchedStates: readonly OrderState[] = ['received', 'incomplete', 'waiting']

export function mayBecome(from: OrderState, to: OrderState) {
  return next[from].includes(to)
}

export function isOpen(state: OrderState) {
  return openStates.includes(state)
}
