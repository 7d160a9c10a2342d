import { createHash } from 'node:crypto'
import db from '@adonisjs/lucid/services/db'
import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { DateTime } from 'luxon'
import { PhysicalMachineSchema } from '#database/schema'
import { Refusal } from '#exceptions/refusals'
import type { StaffAuthor } from '#models/actor'
import { problemsOf, type MachineFacts, type Problem } from '#models/physical_machine/fitness'
import Server from '#models/server'
import StaffLog from '#models/staff_log'
import Task from '#models/task'

/**
 * `registered`: nobody has looked yet, or it did not answer. `fit`: its key is to be compared. `unfit`: it can't be taken as
 * it is. `stock`: somebody's any day. `assigned`: a server. `used`: its server is gone, and it wants a new system first.
 */
export type MachineStage = 'registered' | 'fit' | 'unfit' | 'stock' | 'assigned' | 'used'

export interface NewMachine {
  readonly name: string
  readonly plan: string
  readonly address: string
  readonly sshPort: number
  /** As the person who set it up knows it; without one it is compared after the first look. */
  readonly hostKey?: string | null
}

/** SRV-02: a machine of the provider's own, existing Debian, that the panel has or is to get. */
export default class PhysicalMachine extends PhysicalMachineSchema {
  declare state: MachineStage

  @belongsTo(() => Server)
  declare server: BelongsTo<typeof Server>

  static async register(
    { hostKey, ...facts }: NewMachine,
    by: StaffAuthor = { staff: null }
  ): Promise<PhysicalMachine> {
    await refuseTaken(facts)
    const row = { ...facts, hostKey: hostKey ?? null, state: 'registered' as const }
    const machine = await db.transaction(async (client) => {
      const made = await this.create(row, { client })
      await made.log('physical_machine.store', by, client, { address: facts.address })
      return made
    })
    await machine.requestLook()
    return machine
  }

  static async lock(id: number, client: TransactionClientContract): Promise<PhysicalMachine> {
    await client
      .from('physical_machines')
      .where('id', id)
      .update({ name: client.raw('name') })
    return this.findOrFail(id, { client })
  }

  get found(): MachineFacts | null {
    return this.facts ? JSON.parse(this.facts) : null
  }

  get complaints(): Problem[] {
    return this.problems ? JSON.parse(this.problems) : []
  }

  get isAssigned() {
    return this.state === 'assigned'
  }

  /** As `ssh-keygen -l` prints it. */
  get fingerprint(): string | null {
    const key = this.shownKey ?? this.hostKey
    if (!key) return null
    const digest = createHash('sha256').update(Buffer.from(key.split(' ')[1], 'base64'))
    return `SHA256:${digest.digest('base64').replace(/=+$/, '')}`
  }

  /** Connects and looks, by a task. Of a machine that was used it begins anew: its system, and so its key, is another. */
  async requestLook() {
    await db.transaction(async (client) => {
      const machine = await PhysicalMachine.lock(this.id, client)
      if (machine.isAssigned) throw new Refusal('machine_is_assigned')
      const task = await Task.enqueue(
        {
          kind: 'look_at_machine',
          payload: { machineId: this.id },
          lockKey: `physical_machine:${this.id}`,
          maxAttempts: 1,
        },
        client
      )
      const begins = machine.state === 'used' ? { hostKey: null, shownKey: null } : {}
      const facts = { state: 'registered', facts: null, problems: null } as const
      await machine.merge({ ...begins, ...facts, taskId: task.id }).save()
    })
    await this.refresh()
  }

  /** What a look found. A key that somebody gave beforehand needs no comparing. */
  noteLook(shownKey: string, facts: MachineFacts) {
    return this.#note(async (machine, client) => {
      const problems = problemsOf(facts, machine.plan)
      const twin = await keyIsKnown(shownKey, machine.id, client)
      if (twin) problems.unshift({ code: 'known_key', of: twin, isGrave: true })
      machine.merge({
        state: stageOf(problems, machine.hostKey),
        shownKey,
        facts: JSON.stringify(facts),
      })
      machine.merge({ problems: JSON.stringify(problems) })
    })
  }

  /** It did not answer, or not so that it could be understood. `of`: its own words, where there are any. */
  noteFailure(code: string, of?: string) {
    const problems: Problem[] = [{ code, of, isGrave: true }]
    return this.#note(async (machine) => {
      const state = code === 'unreachable' ? 'registered' : 'unfit'
      machine.merge({ state, problems: JSON.stringify(problems), facts: null })
    })
  }

  /** Somebody has compared the key with what the machine itself prints, and takes what is smaller upon himself. */
  confirm(key: string, acceptsLess: boolean, by: StaffAuthor = { staff: null }) {
    return db.transaction(async (client) => {
      const machine = await PhysicalMachine.lock(this.id, client)
      if (machine.state !== 'fit') throw new Refusal('machine_is_not_fit')
      if (key !== machine.fingerprint) throw new Refusal('machine_key_changed')
      if (machine.complaints.length > 0 && !acceptsLess)
        throw new Refusal('machine_is_less', 'accepts_less')
      await machine.merge({ state: 'stock', hostKey: machine.shownKey }).save()
      await machine.log('physical_machine_confirmation.store', by, client, { key })
    })
  }

  /** Out of the list: it never was, or is no longer, a customer's. */
  async remove(by: StaffAuthor) {
    await db.transaction(async (client) => {
      const machine = await PhysicalMachine.lock(this.id, client)
      if (machine.isAssigned) throw new Refusal('machine_is_assigned')
      await machine.delete()
      await machine.log('physical_machine.destroy', by, client)
    })
  }

  /** Its server is gone for good. */
  static async release(serverId: number, client: TransactionClientContract) {
    await client
      .from('physical_machines')
      .where('server_id', serverId)
      .update({ state: 'used', server_id: null, facts: null, problems: null })
  }

  log(
    action: string,
    by: StaffAuthor,
    client: TransactionClientContract,
    details?: Readonly<Record<string, unknown>>
  ) {
    return StaffLog.write({ ...by, action, target: this.name, details }, client)
  }

  async #note(change: (row: PhysicalMachine, client: TransactionClientContract) => Promise<void>) {
    await db.transaction(async (client) => {
      const machine = await PhysicalMachine.lock(this.id, client)
      // Somebody may have taken it or begun anew meanwhile
      if (machine.state !== 'registered') return
      await change(machine, client)
      await machine.merge({ lookedAt: DateTime.utc() }).save()
    })
    await this.refresh()
  }
}

function stageOf(problems: readonly Problem[], pinned: string | null): MachineStage {
  if (problems.some(({ isGrave }) => isGrave)) return 'unfit'
  return pinned && problems.length === 0 ? 'stock' : 'fit'
}

async function refuseTaken({ name, address }: Pick<NewMachine, 'name' | 'address'>) {
  if (await PhysicalMachine.findBy('name', name))
    throw new Refusal('machine_name_is_taken', 'machine_name')
  const taken =
    (await PhysicalMachine.findBy('address', address)) ??
    (await Server.findBy('address', address)) ??
    (await db.from('server_addresses').where('address', address).first())
  if (taken) throw new Refusal('machine_address_is_taken', 'machine_address')
}

/** The same machine by another address, or somebody's server already. Its name. */
async function keyIsKnown(key: string, id: number, client: TransactionClientContract) {
  const machine = await client
    .from('physical_machines')
    .where('host_key', key)
    .whereNot('id', id)
    .first()
  const server = await client.from('servers').where('host_key', key).first()
  return (machine ?? server)?.name as string | undefined
}
