import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { isKnownDay } from '#calendar/business_calendar'
import { Day } from '#calendar/day'
import { Refusal } from '#exceptions/refusals'
import Contract from '#models/contract'
import Domain from '#models/domain'
import Option from '#models/option'
import Server from '#models/server'
import Zone from '#models/zone'
import { providerCalendar } from '#orders/calendar'
import type { OrderKind, Wish } from '#orders/kind'

/** Ids of what an order is about; the one of the kind's subject counts. */
export interface SubjectIds {
  readonly serverId?: number | null
  readonly domainId?: number | null
  readonly zoneId?: number | null
  readonly optionId?: number | null
}

export interface WishRequest extends SubjectIds {
  readonly contractId: number
  /** Validated by the kind's `fields`. */
  readonly details: object
  readonly dueOn?: string | null
  readonly window?: string | null
}

/** With everything it is about, found through the contract: what is somebody else's is not there. */
export async function wishOf(
  kind: OrderKind,
  request: WishRequest,
  role: Wish['role'],
  client?: TransactionClientContract,
  moment = new Date()
): Promise<Wish> {
  const { contractId, details, window = null } = request
  const contract = await Contract.findOrFail(contractId, { client })
  const things = await subjectOf(kind, request, client)
  const calendar = await providerCalendar(client)
  const dueOn = dayOf(request.dueOn)
  return { contract, ...things, details, dueOn, window, moment, calendar, role }
}

type Things = Pick<Wish, 'server' | 'domain' | 'zone' | 'option'>

const nothing: Things = { server: null, domain: null, zone: null, option: null }

/** Throws as for any row that isn't there. */
export async function subjectOf(
  { subject }: OrderKind,
  request: SubjectIds & { readonly contractId: number },
  client?: TransactionClientContract
): Promise<Things> {
  const { contractId } = request
  if (subject === 'server') {
    return { ...nothing, server: await serverOf(contractId, request.serverId, client) }
  }
  if (subject === 'domain') {
    const domain = await domainOf(contractId, request.domainId, client)
    return { ...nothing, domain, server: await serverOf(contractId, domain.serverId, client) }
  }
  if (subject === 'zone') {
    const zones = Zone.query({ client }).where({ id: request.zoneId ?? 0, contractId })
    return { ...nothing, zone: await zones.whereNull('deletedAt').firstOrFail() }
  }
  return subject === 'option' ? thingsOfOption(contractId, request.optionId, client) : nothing
}

async function thingsOfOption(
  contractId: number,
  id: number | null | undefined,
  client?: TransactionClientContract
): Promise<Things> {
  const options = Option.query({ client }).where({ id: id ?? 0, contractId })
  const option = await options.whereNull('endedOn').firstOrFail()
  const { serverId, domainId, zoneId } = option
  const server = serverId ? await Server.find(serverId, { client }) : null
  const domain = domainId ? await Domain.find(domainId, { client }) : null
  const zone = zoneId ? await Zone.find(zoneId, { client }) : null
  return { option, server, domain, zone }
}

function serverOf(
  contractId: number,
  id: number | null | undefined,
  client?: TransactionClientContract
) {
  return Server.query({ client })
    .where({ id: id ?? 0, contractId })
    .firstOrFail()
}

function domainOf(
  contractId: number,
  id: number | null | undefined,
  client?: TransactionClientContract
) {
  const domains = Domain.query({ client }).where({ id: id ?? 0, contractId })
  return domains.whereNull('deletedAt').firstOrFail()
}

function dayOf(text: string | null | undefined): Day | null {
  return text ? typedDay(text) : null
}

/** As somebody typed it: no day, and one so far away that its holidays aren't known, is refused at its field. */
export function typedDay(text: string): Day {
  try {
    const day = Day.of(text)
    if (isKnownDay(day)) return day
  } catch {}
  throw new Refusal('order_day_unknown', 'due_on')
}

/** As customers call what it is about. */
export function subjectName({ contract, server, domain, zone, option }: Wish): string {
  const name = domain?.unicodeName ?? zone?.unicodeName ?? server?.name ?? null
  return name ?? option?.name ?? contract.name
}
