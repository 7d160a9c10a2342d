import db from '@adonisjs/lucid/services/db'
import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import { DateTime } from 'luxon'
import { acme } from '#config/certificates'
import { AutomaticCertificateSchema } from '#database/schema'
import type { Actor } from '#models/actor'
import AcmeAccount from '#models/acme_account'
import Certificate, { type NewCertificate } from '#models/certificate'
import { mailNames, webNames } from '#models/certificate/names'
import { applyTo, refuseUnentitled } from '#models/certificate/users'
import Domain from '#models/domain'
import { operate } from '#models/operation'
import Server from '#models/server'
import Task from '#models/task'

/** Why a name is not in the certificate. */
export type NameProblem =
  'not_in_dns' | 'points_elsewhere' | 'has_ipv6' | 'dns_is_silent' | 'no_answer' | 'refused'

export interface CheckedName {
  readonly name: string
  readonly problem: NameProblem | null
}

export type AutomaticState = 'waiting' | 'issuing' | 'issued' | 'failed'

export type Failure =
  | 'no_name_points_here'
  | 'too_many_orders'
  | 'unreachable'
  | 'rate_limited'
  | 'names_refused'
  | 'refused'
  | 'not_accepted'

/** Minutes until the next try, by how many have failed; authorities forgive five refusals of a name in an hour. */
const pauses = [15, 60, 240, 720, 1440]
const week = { days: 7 }

/** WEB-09: a domain whose certificates come by themselves, and how far the next one is. */
export default class AutomaticCertificate extends AutomaticCertificateSchema {
  declare state: AutomaticState
  declare failure: Failure | null

  @belongsTo(() => Domain)
  declare domain: BelongsTo<typeof Domain>

  get checkedNames(): CheckedName[] {
    return JSON.parse(this.names)
  }

  /** In one click: the server answers for the names from now on, and an authority is asked. */
  static async begin(domain: Domain, actor: Actor): Promise<void> {
    // Servers answer with its fingerprint, so it is there before the apply
    await AcmeAccount.current()
    const operation = { action: 'automatic_certificate.store', target: domain.unicodeName }
    await operate(actor, { ...operation, domainId: domain.id }, async (client) => {
      const server = await Server.lock(domain.serverId, client)
      await refuseUnentitled(domain, server, client)
      const own = await this.query({ client }).where('domainId', domain.id).first()
      const soon = { state: 'waiting', failure: null, failureDetails: null } as const
      const next = { ...soon, nextTryAt: DateTime.utc() }
      if (own) await own.merge(next).save()
      else {
        const row = { domainId: domain.id, names: '[]', ordered: '[]', ...next }
        await this.create(row, { client })
      }
      await applyTo([domain], `automatic_certificate.store ${domain.name}`, actor, client)
      await Task.enqueue(issueTask(domain), client)
    })
  }

  /** Those whose time has come; the same domain is never asked for twice at once. */
  static async due(now: DateTime): Promise<AutomaticCertificate[]> {
    return this.query()
      .whereNotNull('nextTryAt')
      .where('nextTryAt', '<=', now.toUTC().toFormat('yyyy-LL-dd HH:mm:ss'))
      .whereHas('domain', (domain) =>
        domain
          .whereNull('deletedAt')
          .whereNull('suspendedAt')
          .whereNotIn('contractId', stoppedContracts())
          .whereDoesntHave('deletion', () => {})
      )
      .preload('domain')
      .orderBy('nextTryAt')
      .limit(500)
  }

  /** Moments of the week's orders; another one only when there is room (WEB-09). */
  get recentOrders(): DateTime[] {
    const since = DateTime.utc().minus(week)
    return (JSON.parse(this.ordered) as string[])
      .map((each) => DateTime.fromISO(each, { zone: 'utc' }))
      .filter((each) => each > since)
  }

  get mayOrder() {
    return this.recentOrders.length < acme.ordersPerWeek
  }

  noteOrder() {
    const ordered = [...this.recentOrders, DateTime.utc()].map((each) => each.toISO())
    this.state = 'issuing'
    this.ordered = JSON.stringify(ordered)
    return this.save()
  }

  /** The authority never took it. */
  forgetOrder() {
    this.ordered = JSON.stringify(this.recentOrders.slice(0, -1).map((each) => each.toISO()))
  }

  /** `notBefore`: when the authority wants to be asked again. */
  async fail(failure: Failure, details: string | null, notBefore: Date | null = null) {
    const attempts = this.attempts + 1
    const minutes = pauses[Math.min(attempts, pauses.length) - 1] * (1 + Math.random() / 4)
    const own = DateTime.utc().plus({ minutes })
    const theirs = notBefore ? DateTime.fromJSDate(notBefore) : own
    this.state = 'failed'
    this.failure = failure
    this.failureDetails = details
    this.attempts = attempts
    this.nextTryAt = DateTime.max(own, theirs)
    await this.save()
  }

  /** Served from now on; the one before goes when nobody else serves it. */
  async conclude(domain: Domain, wish: NewCertificate): Promise<void> {
    await db.transaction(async (client) => {
      const server = await Server.lock(domain.serverId, client)
      await refuseUnentitled(domain, server, client)
      const row = await AutomaticCertificate.query({ client }).where('id', this.id).first()
      // Somebody chose another one meanwhile
      if (!row) return
      const made = await Certificate.make(domain, wish, client)
      const now = await Domain.findOrFail(domain.id, { client })
      const before = now.certificateId
      await now.merge({ certificateId: made.id }).save()
      await removeUnused(before, client)
      const done = { state: 'issued', failure: null, failureDetails: null, attempts: 0 } as const
      const nextTryAt = renewalOf(made.validFrom!, made.validUntil!)
      await row.merge({ ...done, nextTryAt, names: this.names }).save()
      await applyTo([now], `automatic_certificate.update ${now.name}`, {}, client)
    })
  }
}

export const issueTask = (domain: Pick<Domain, 'id'>, runAt?: Date) => ({
  kind: 'issue_certificate',
  payload: { domainId: domain.id },
  lockKey: `issue_certificate:${domain.id}`,
  uniqueKey: `issue_certificate:${domain.id}`,
  runAt,
})

/** Names that a certificate of the domain should be for, as far as they lead here. */
export function wantedNames(domain: Pick<Domain, 'name' | 'outMx'>): string[] {
  return [...webNames(domain.name), ...(domain.outMx ? [] : mailNames(domain.name))]
}

/** Some days are spread, so that what came on one day is not renewed on one. */
export function renewalOf(from: DateTime, until: DateTime): DateTime {
  const life = until.diff(from, 'days').days
  const ahead = Math.min(acme.renewalDays, life / 3)
  return until.minus({ days: ahead * (1 + Math.random() / 10) })
}

/** OPS-07: their sites would not answer the authority. */
const stoppedContracts = () =>
  db.from('contract_suspensions').whereNotNull('open_contract_id').select('open_contract_id')

async function removeUnused(id: number | null, client: Parameters<typeof Certificate.forget>[1]) {
  if (id === null) return
  const user = await client.from('domains').where('certificate_id', id).first()
  if (user) return
  await Certificate.query({ client }).where({ id, source: 'automatic' }).delete()
}
