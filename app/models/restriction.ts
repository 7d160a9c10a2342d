import db from '@adonisjs/lucid/services/db'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { RestrictionSchema } from '#database/schema'
import { Refusal } from '#exceptions/refusals'
import type { Actor } from '#models/actor'
import type Domain from '#models/domain'
import { replaceRows, sameValues, versionOf } from '#models/mail_address/list'
import { operate, unchanged } from '#models/operation'
import type { Feature, RestrictionLevel } from '#models/restriction/feature'
import Server from '#models/server'

/** As the form is sent. */
export interface Wish {
  /** Local parts of the users whom it leaves out. */
  readonly exempt: readonly string[]
  /** The version of that list which was typed over. */
  readonly seen?: string | null
}

/**
 * USR-08: that people of a domain may not change one feature's settings. What is set stays as it is.
 * Each level has its own; `Restrictions` says what they come to for one person.
 */
export default class Restriction extends RestrictionSchema {
  declare feature: Feature
  declare level: RestrictionLevel

  /** Whose restrictions somebody imposes and lifts. */
  static levelOf({ by }: Pick<Actor, 'by'>): RestrictionLevel {
    return by.isContractor ? 'contractor' : 'domain_admin'
  }

  /** Answers whether anything changed. */
  static impose(domain: Domain, feature: Feature, { exempt, seen }: Wish, actor: Actor) {
    return this.change(domain, feature, 'update', actor, async (key, client) => {
      const present = await this.query({ client }).where(key).first()
      const restriction = present ?? (await this.create(key, { client }))
      const isReplaced = await restriction.leaveOut(exempt, seen ?? null, client)
      return isReplaced || !present
    })
  }

  /** The list of those whom it left out goes with it. */
  static lift(domain: Domain, feature: Feature, actor: Actor) {
    return this.change(domain, feature, 'destroy', actor, async (key, client) => {
      const present = await this.query({ client }).where(key).first()
      if (!present) return false
      await client.from('restriction_exemptions').where('restriction_id', present.id).delete()
      await present.delete()
      return true
    })
  }

  /** Rows only: inside the transaction of whoever removes a domain. */
  static async forget(domainId: number, client: TransactionClientContract) {
    const own = client.from('restrictions').where('domain_id', domainId)
    await client
      .from('restriction_exemptions')
      .whereIn('restriction_id', own.clone().select('id'))
      .delete()
    await own.delete()
  }

  /** Local parts, sorted. */
  async exempt(client?: TransactionClientContract): Promise<string[]> {
    const rows = await (client ?? db)
      .from('restriction_exemptions')
      .join('mailboxes', 'mailboxes.id', 'restriction_exemptions.mailbox_id')
      .where('restriction_exemptions.restriction_id', this.id)
      .orderBy('mailboxes.local_part')
      .select('mailboxes.local_part')
    return rows.map(({ local_part: localPart }) => localPart)
  }

  private async leaveOut(
    wanted: readonly string[],
    seen: string | null,
    client: TransactionClientContract
  ) {
    const present = await this.exempt(client)
    if (sameValues(present, wanted)) return false
    if (seen !== null && seen !== versionOf(present)) {
      throw new Refusal('list_was_changed_meanwhile', 'exempt')
    }
    const ids = await mailboxIds(this.domainId, wanted, client)
    const row = { restriction_id: this.id }
    const rows = { table: 'restriction_exemptions', column: 'mailbox_id', row } as const
    await replaceRows(client, rows, ids)
    return true
  }

  private static async change(
    domain: Domain,
    feature: Feature,
    verb: 'update' | 'destroy',
    actor: Actor,
    work: (key: Key, client: TransactionClientContract) => Promise<boolean>
  ): Promise<boolean> {
    const action = `${feature}_restriction.${verb}`
    const operation = { action, target: domain.unicodeName, domainId: domain.id }
    const key = { domainId: domain.id, feature, level: this.levelOf(actor) }
    const attempt = async (client: TransactionClientContract) => {
      const server = await Server.lock(domain.serverId, client)
      await server.refuseGone(domain, client)
      if (!(await work(key, client))) return unchanged
      if (feature !== 'ssh') return
      const reason = `${action} ${domain.name}`
      await server.requestApply({ reason, domainIds: [domain.id], by: actor.by }, client)
    }
    return (await operate(actor, operation, attempt, 8)) !== unchanged
  }
}

type Key = Pick<Restriction, 'domainId' | 'feature' | 'level'>

/** Only users of this domain can be left out. */
async function mailboxIds(
  domainId: number,
  wanted: readonly string[],
  client: TransactionClientContract
) {
  const rows = await client
    .from('mailboxes')
    .where('domain_id', domainId)
    .whereIn('local_part', [...wanted])
    .select('id', 'local_part')
  const known = new Set(rows.map(({ local_part: localPart }) => localPart))
  const unknown = wanted.filter((name) => !known.has(name))
  if (unknown.length > 0) {
    throw new Refusal('users_are_unknown', 'exempt', { names: unknown.slice(0, 5).join('、') })
  }
  return rows.map(({ id }) => id as number)
}
