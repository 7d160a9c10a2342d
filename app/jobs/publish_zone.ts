import db from '@adonisjs/lucid/services/db'
import { DateTime } from 'luxon'
import { PowerDnsFailure } from '#clients/power_dns'
import type { Job } from '#jobs/job'
import { publishOnPrimary, type Signature } from '#jobs/name_servers/primary_zone'
import { fetchOnSecondary, hasArrived, wasReceived } from '#jobs/name_servers/secondary_zone'
import { isUnreachable, nameServers, type NameServers } from '#jobs/name_servers/servers'
import type { TaskRun } from '#jobs/task_run'
import { say } from '#jobs/wording'
import Zone from '#models/zone'
import { apexLines } from '#models/zone/apex'
import { childrenOf, publishAbove, withCuts, type ChildZone } from '#models/zone/cuts'
import { deliverLater, pauseAfter } from '#models/zone/publication'
import { recordSetsOf } from '#models/zone/record_sets'
import type { ZoneLine } from '#models/zone/record'
import { sealed } from '#models/zone/secrets'

/** Milliseconds until a name server that did not answer is asked again. */
const patienceMs = 2000

/**
 * DOM-04, OPT-10: a zone gets to the name servers as it is now, or off them. What can't be delivered stays marked in
 * the row, which is what is delivered later, once: this task is over then.
 */
export default class PublishZone implements Job {
  static readonly kind = 'publish_zone'

  async handle(run: TaskRun) {
    const { zoneId } = (run.payload ?? {}) as { zoneId?: number }
    const found = await read(Number(zoneId))
    const servers = await nameServers()
    if (!found || !servers) return
    try {
      await this.#publish(found, servers, run)
    } catch (error) {
      await this.#keep(found.zone, error, run)
    }
  }

  async #publish({ zone, lines, children }: Found, servers: NameServers, run: TaskRun) {
    if (zone.deletedAt) return remove(zone, servers)
    if (zone.isSecondary) return follow(zone, servers, run)
    const own = withCuts(zone, withoutOwnTimes(zone, lines), children)
    const sets = recordSetsOf(zone.name, [...apexLines(zone), ...own])
    const { name, dnssec, keys } = zone
    await noteSigned(zone, await publishOnPrimary(servers.primary, { name, sets, dnssec, keys }))
    await notePublished(zone)
    await run.progress(60, say('zone.primary'))
    await this.#secondary(zone, servers, run)
  }

  /** The primary answers already: a secondary that does not is no reason to call the zone unpublished. */
  async #secondary(zone: Zone, { secondary, addresses }: NameServers, run: TaskRun) {
    try {
      await fetchOnSecondary(secondary, { name: zone.name, masters: [addresses.primary] })
      if (!(await hasArrived(secondary, zone.name, zone.serial))) return noteTry(zone)
      await noteSecondary(zone)
      run.lastWords = say('zone.published')
    } catch (error) {
      if (!(error instanceof PowerDnsFailure)) throw error
      await run.log(`secondary: ${error.message}`, 'warn')
      run.lastWords = say('zone.secondary_waits')
      await deliverLater(patienceMs)
    }
  }

  async #keep(zone: Zone, error: unknown, run: TaskRun) {
    if (!(error instanceof PowerDnsFailure)) throw error
    const { problem, message } = error
    await run.log(message, 'warn')
    const kept = problem === 'refused' ? `refused ${message}` : problem
    await db.from('zones').where('id', zone.id).update({ publish_error: kept })
    run.lastWords = say(isUnreachable(error) ? 'zone.waits' : 'zone.refused')
    if (isUnreachable(error)) await deliverLater(patienceMs)
  }
}

interface Found {
  readonly zone: Zone
  readonly lines: readonly ZoneLine[]
  /** Of a signed zone: which names in it are zones of their own. */
  readonly children: readonly ChildZone[]
}

/** Serial and records of one moment. */
function read(zoneId: number): Promise<Found | null> {
  return db.transaction(async (client) => {
    const zone = await Zone.query({ client }).where('id', zoneId).first()
    if (!zone) return null
    const children = zone.dnssec ? await childrenOf(zone.name, client) : []
    return { zone, lines: await zone.lines(client), children }
  })
}

/** One set has one TTL (RFC 2181, 5.2): name servers of the customer's own beside ours take that of ours. */
function withoutOwnTimes({ defaultTtl }: Zone, lines: readonly ZoneLine[]): ZoneLine[] {
  return lines.map((line) =>
    line.name === '@' && line.type === 'NS' ? { ...line, ttl: defaultTtl } : line
  )
}

async function remove({ id, name }: Zone, { primary, secondary }: NameServers) {
  await Promise.all([primary.remove(name), secondary.remove(name)])
  await db.from('zones').where('id', id).whereNotNull('deleted_at').delete()
}

/**
 * Of the customer's own primary: our secondary has it, and only that one. What arrives is his business, but whether
 * something does is told.
 */
async function follow(zone: Zone, { primary, secondary }: NameServers, run: TaskRun) {
  await primary.remove(zone.name)
  const { name, primaryAddresses: masters } = zone
  const before = await fetchOnSecondary(secondary, { name, masters })
  await notePublished(zone)
  if (!(await wasReceived(secondary, name, before))) {
    run.lastWords = say('zone.not_received')
    return noteTry(zone)
  }
  await noteSecondary(zone, { received_at: now() })
  run.lastWords = say('zone.received')
}

const now = () => DateTime.utc().toSQL({ includeOffset: false })

/** Asked again later, and each time later than the last. */
async function noteTry({ id, secondaryTries: tries }: Zone) {
  await db
    .from('zones')
    .where('id', id)
    .update({ secondary_tries: tries + 1, secondary_tried_at: now() })
  await deliverLater(pauseAfter(tries + 1))
}

/** A zone above it that is signed, too, has to know. */
async function noteSigned(zone: Zone, signature: Signature | null) {
  const signers = signature?.signers.join('\n') || null
  const isKept = (zone.keys !== null) === (signature !== null)
  if (zone.dsRecords === signers && isKept) return
  await db.transaction(async (client) => {
    const keys = signature && sealed(signature.keys)
    const row = client.from('zones').where('id', zone.id)
    await row.update({ ds_records: signers, signing_keys: keys })
    if (zone.dsRecords !== signers) await publishAbove(zone.name, client)
  })
}

/** A newer serial that somebody published meanwhile stays. */
function notePublished({ id, serial }: Zone) {
  const publishedAt = now()
  return db
    .from('zones')
    .where('id', id)
    .where((older) => {
      older.whereNull('published_serial').orWhere('published_serial', '<=', serial)
    })
    .update({ published_serial: serial, published_at: publishedAt, publish_error: null })
}

function noteSecondary({ id, serial }: Zone, more: Record<string, unknown> = {}) {
  const calm = { secondary_tries: 0, secondary_tried_at: null }
  return db
    .from('zones')
    .where('id', id)
    .update({ secondary_serial: serial, ...calm, ...more })
}
