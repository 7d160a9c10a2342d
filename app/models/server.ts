import { randomUUID } from 'node:crypto'
import db from '@adonisjs/lucid/services/db'
import { belongsTo, hasMany } from '@adonisjs/lucid/orm'
import type { BelongsTo, HasMany } from '@adonisjs/lucid/types/relations'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { serverSuffix } from '#config/domains'
import { ServerSchema } from '#database/schema'
import { Refusal } from '#exceptions/refusals'
import type { Actor, Doer } from '#models/actor'
import ComputeNode from '#models/compute_node'
import Contract from '#models/contract'
import Domain from '#models/domain'
import { operate } from '#models/operation'
import Run from '#models/run'
import Task from '#models/task'
import { planOf, type Plan } from '#models/server/plan'
import { requestPower, type PowerAction } from '#models/server/power'

/** `ended`: cancelled, stopped and kept a while; `removed`: only its row is left, for orders and statements (ORD-04). */
export type ServerState = 'building' | 'running' | 'stopped' | 'failed' | 'ended' | 'removed'
export type ServerKind = 'virtual' | 'physical'

export interface NewServer {
  readonly contract: Contract
  readonly node: ComputeNode
  /** `A` … `E`. */
  readonly plan: string
  readonly description?: string
  /** That is done when it serves (ORD-02). */
  readonly orderId?: number
  /** SRV-02: where a machine stands that exists already. */
  readonly place?: {
    readonly address: string
    readonly sshPort: number
    readonly hostKey: string | null
  }
}

export interface ApplyRequest {
  /** What happened, for the run's record, e.g. `mailbox.store sato@example.jp`. */
  readonly reason: string
  /** What the change touches; everything when absent. */
  readonly domainIds?: readonly number[]
  readonly by?: Doer
}

/** One managed machine: a system container (virtual-dedicated) or an adopted machine (physical-dedicated). */
export default class Server extends ServerSchema {
  declare state: ServerState
  declare kind: ServerKind

  @belongsTo(() => Contract)
  declare contract: BelongsTo<typeof Contract>

  @belongsTo(() => ComputeNode)
  declare computeNode: BelongsTo<typeof ComputeNode>

  @hasMany(() => Domain)
  declare domains: HasMany<typeof Domain>

  @hasMany(() => Run)
  declare runs: HasMany<typeof Run>

  /** SRV-01: a further virtual-dedicated server, built at once in the background. */
  static order(wish: NewServer): Promise<Server> {
    return db.transaction((client) => this.make(wish, client))
  }

  static async make(wish: NewServer, client: TransactionClientContract): Promise<Server> {
    const server = await this.create({ ...unnamed(), ...factsOf(wish) }, { client })
    const name = `msv${String(server.id).padStart(6, '0')}`
    const instance = `${wish.node.prefix}${name}`
    await server.merge({ name, instance, hostname: `${name}.${serverSuffix}` }).save()
    await server.requestBuild({ orderId: wish.orderId }, client)
    return server
  }

  /** From the row to a machine that serves; continues a build that was given up. */
  requestBuild({ orderId }: { orderId?: number } = {}, client?: TransactionClientContract) {
    const lockKey = `server:${this.id}`
    const payload = { serverId: this.id, orderId }
    return Task.enqueue({ kind: 'build_server', payload, lockKey, serverId: this.id }, client)
  }

  /** PNL-13: what its contractor calls it; nothing on the machine changes. */
  async describe(description: string | null, actor: Actor) {
    const row: Server = this
    const operation = { action: 'server_description.update', target: this.name }
    await operate(actor, operation, (client) =>
      row.useTransaction(client).merge({ description }).save()
    )
  }

  /** SRV-05. `by`: null when it isn't a customer who asks. Refused where it can't be, or something else switches it. */
  requestPower(action: PowerAction, by: Doer | null, client: TransactionClientContract) {
    return requestPower(this, action, by, client)
  }

  /** SRV-05: by its contractor, with a line in the operation log. */
  switchPower(action: PowerAction, actor: Actor): Promise<Task> {
    const operation = { action: `server_power.${action}`, target: this.name }
    return operate(actor, operation, (client) => this.requestPower(action, actor.by, client))
  }

  /** Its customer has it no more. */
  get isEnded() {
    return this.state === 'ended' || this.state === 'removed'
  }

  get resources(): Plan {
    return planOf(this.plan)
  }

  /** GB that the customer can use: the plan's base and what was added (SRV-04). */
  get diskGb() {
    return this.resources.diskGb + this.extraDiskGb
  }

  /** Newest first. */
  get availablePhpVersions() {
    return this.phpVersions.split(',')
  }

  /**
   * Fresh from the database, and whoever else wants this row waits for the end of the transaction.
   * Begins with a write because SQLite lets a transaction that has read go on to write only while
   * nobody else has written since. Not of a key: for that it would look through all that refers to it.
   */
  static async lock(id: number, client: TransactionClientContract): Promise<Server> {
    await client
      .from('servers')
      .where('id', id)
      .update({ next_uid: client.raw('next_uid') })
    return this.findOrFail(id, { client })
  }

  /** Ids that were never given out before on this server. Call with the locked row. */
  async takeIds(wish: { uids: number; slots: number }, client: TransactionClientContract) {
    const taken = { firstUid: this.nextUid, slot: this.nextSlot }
    this.nextUid += wish.uids
    this.nextSlot += wish.slots
    await this.useTransaction(client).save()
    return taken
  }

  /**
   * Somebody else may have deleted it between reading and locking. Nothing is changed of one that waits
   * for its end, so that it comes back as it was (DOM-05).
   */
  async refuseGone(domain: Domain, client: TransactionClientContract) {
    await this.refuseDeleted(domain, client)
    const deletion = await client.from('domain_deletions').where('domain_id', domain.id).first()
    if (deletion) throw new Refusal('domain_waits_for_deletion')
  }

  /** Of one that waits, too, there is something to restore or to remove. */
  async refuseDeleted(domain: Domain, client: TransactionClientContract) {
    const present = await client
      .from('domains')
      .where('id', domain.id)
      .whereNull('deleted_at')
      .first()
    if (!present) throw new Refusal('domain_is_gone')
  }

  /** Queues the apply with the change itself: both are there after the commit, or neither. */
  requestApply(request: ApplyRequest, client: TransactionClientContract) {
    return Task.enqueue(
      {
        kind: 'converge_server',
        payload: {
          serverId: this.id,
          domainIds: request.domainIds ?? 'all',
          reason: request.reason,
        },
        lockKey: `server:${this.id}`,
        serverId: this.id,
        accountId: request.by?.id ?? undefined,
      },
      client
    )
  }
}

/** A server is called after its id, which it has only once it is stored. */
function unnamed() {
  const nameForNow = randomUUID().slice(0, 30)
  return { name: nameForNow, instance: nameForNow, hostname: nameForNow }
}

function factsOf({ contract, node, plan, description, place }: NewServer) {
  const { kind } = planOf(plan)
  const state: ServerState = 'building'
  const owner = { contractId: contract.id, computeNodeId: node.id }
  const words = { description: description ?? null }
  return { ...owner, ...place, ...words, plan, kind, state, globalConnected: true }
}
