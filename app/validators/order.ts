import vine from '@vinejs/vine'
import type { OrderKind } from '#orders/kind'

const id = () => vine.number().withoutDecimals().range([1, 1e15]).optional()

const common = () => ({
  server_id: id(),
  domain_id: id(),
  zone_id: id(),
  option_id: id(),
  due_on: vine.string().maxLength(10).optional(),
  work_window: vine.string().maxLength(8).optional(),
})

type Form = ReturnType<typeof makeForm>

const makeForm = (kind: OrderKind) => vine.create({ ...common(), ...kind.fields })

const forms = new Map<string, Form>()

/** What every form of an order has, and the kind's own inputs. */
export function orderForm(kind: OrderKind): Form {
  const form = forms.get(kind.name) ?? makeForm(kind)
  forms.set(kind.name, form)
  return form
}

/** Taken apart as the engine wants it. */
export function orderRequest(kind: OrderKind, input: Record<string, any>) {
  const details = Object.fromEntries(
    Object.keys(kind.fields).map((name) => [name, input[name] ?? null])
  )
  return {
    serverId: input.server_id as number | undefined,
    domainId: input.domain_id as number | undefined,
    zoneId: input.zone_id as number | undefined,
    optionId: input.option_id as number | undefined,
    dueOn: (input.due_on as string | undefined) ?? null,
    window: (input.work_window as string | undefined) ?? null,
    details,
  }
}

export const subjectIds = vine.create({
  server_id: id(),
  domain_id: id(),
  zone_id: id(),
  option_id: id(),
})

/** Of the confirmation page. */
export const orderToken = vine.create({ token: vine.string().regex(/^[0-9a-f]{32}$/) })

export const orderNote = vine.create({ text: vine.string().trim().minLength(1).maxLength(4000) })

export const proposalAnswer = vine.create({ answer: vine.enum(['accept', 'decline'] as const) })
