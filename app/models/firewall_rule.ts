import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { portsOfSsl, type GuardedPort } from '#config/networks'
import { FirewallRuleSchema } from '#database/schema'
import { Refusal } from '#exceptions/refusals'
import type { Actor } from '#models/actor'
import { isFrom } from '#models/ip_source'
import { sameValues, versionOf } from '#models/mail_address/list'
import { operate, unchanged } from '#models/operation'
import Server from '#models/server'
import { hasCertificate, refuseUnready } from '#models/server/network'

/** As the form is sent. */
export interface FirewallWish {
  /** As `checkSource` spells them; none opens the port to all. */
  readonly sources: readonly string[]
  /** The version of the list that was typed over. */
  readonly seen?: string | null
  /** He knows that he himself is not in the list. */
  readonly acceptsLockOut: boolean
}

/** Ports that people work through, not visitors: who shuts himself out of one is warned. */
const ownPorts: readonly string[] = ['21', '10000-10999', '11122', '11180', '11443']

/** NET-03: who alone may reach one port of a server from the global network. Without a row everybody may. */
export default class FirewallRule extends FirewallRuleSchema {
  @belongsTo(() => Server)
  declare server: BelongsTo<typeof Server>

  get sourceList(): string[] {
    return JSON.parse(this.sources)
  }

  /** Nobody at all: what was entered is the server itself. */
  get isClosed() {
    return this.sourceList.every((source) => isFrom(source.split('/')[0], loopback))
  }

  static async sourcesOf(
    serverId: number,
    port: string,
    client?: TransactionClientContract
  ): Promise<string[]> {
    const row = await this.query({ client }).where({ serverId, port }).first()
    return row?.sourceList ?? []
  }

  /** Answers whether anything changed. */
  static async replace(server: Server, port: GuardedPort, wish: FirewallWish, actor: Actor) {
    const operation = { action: 'firewall_rule.update', target: `${server.name} ${port}` }
    const result = await operate(actor, operation, async (client) => {
      const now = await Server.lock(server.id, client)
      await this.#refuse(now, port, wish, actor, client)
      const present = await this.sourcesOf(server.id, port, client)
      if (sameValues(present, wish.sources)) return unchanged
      await this.#write(server.id, port, wish.sources, client)
      const reason = `${operation.action} ${operation.target}`
      await now.requestApply({ reason, domainIds: [], by: actor.by }, client)
    })
    return result !== unchanged
  }

  static async #refuse(
    server: Server,
    port: GuardedPort,
    wish: FirewallWish,
    actor: Actor,
    client: TransactionClientContract
  ) {
    refuseUnready(server)
    if (!server.globalConnected) throw new Refusal('firewall_is_disconnected', 'sources')
    const present = await this.sourcesOf(server.id, port, client)
    if (wish.seen !== undefined && wish.seen !== null && wish.seen !== versionOf(present)) {
      throw new Refusal('settings_were_changed_meanwhile', 'sources')
    }
    if (wish.sources.length === 0) return
    if (portsOfSsl.includes(port) && !(await hasCertificate(server.id, client))) {
      throw new Refusal('firewall_needs_ssl', 'sources')
    }
    refuseLockOut(port, wish, actor)
  }

  static async #write(
    serverId: number,
    port: string,
    sources: readonly string[],
    client: TransactionClientContract
  ) {
    const key = { serverId, port }
    if (sources.length === 0) await this.query({ client }).where(key).delete()
    else await this.updateOrCreate(key, { sources: JSON.stringify(sources) }, { client })
  }
}

const loopback = ['127.0.0.0/8', '::1']

function refuseLockOut(port: GuardedPort, wish: FirewallWish, { ip }: Actor) {
  if (!ownPorts.includes(port) || wish.acceptsLockOut || isFrom(ip ?? '', wish.sources)) return
  throw new Refusal('firewall_locks_out', 'accepts_lock_out', { ip: ip ?? '' })
}
