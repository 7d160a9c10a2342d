import { randomBytes } from 'node:crypto'
import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { DateTime } from 'luxon'
import { deletionGraceDays, nameClaims } from '#config/domains'
import { NameClaimSchema } from '#database/schema'
import { Refusal } from '#exceptions/refusals'
import { providerFor, type Actor } from '#models/actor'
import Contract from '#models/contract'
import Domain from '#models/domain'
import {
  approvedClaims,
  holdersAround,
  isForeign,
  lockName,
  type Holder,
} from '#models/domain/name_claim'
import DomainDeletion from '#models/domain_deletion'
import { operate } from '#models/operation'
import OperationLog from '#models/operation_log'
import Server from '#models/server'
import type Staff from '#models/staff'
import Task from '#models/task'
import { isForeignZone } from '#models/zone/holders'

export type NameClaimState = 'open' | 'proved' | 'approved' | 'refused' | 'withdrawn' | 'used'
export type Proof = 'txt' | 'file'

/** What becomes of the data of who has the name now. */
export type Handover = 'now' | 'later'

interface Name {
  readonly ascii: string
  readonly unicode: string
}

const undecided: readonly NameClaimState[] = ['open', 'proved']
const unfinished: readonly NameClaimState[] = [...undecided, 'approved']

/**
 * DOM-01: a contract says that a name is its own which another contract has, or has one above or
 * below. It is proved by a TXT record or a file that only the owner can publish. Where nobody has the
 * name itself, that is enough; what somebody has is never taken from him without a decision of staff.
 */
export default class NameClaim extends NameClaimSchema {
  declare state: NameClaimState
  declare proof: Proof | null

  @belongsTo(() => Contract)
  declare contract: BelongsTo<typeof Contract>

  @belongsTo(() => Server)
  declare server: BelongsTo<typeof Server>

  get isOpen() {
    return this.state === 'open' && this.expiresAt > DateTime.utc()
  }

  get isUndecided() {
    return undecided.includes(this.state)
  }

  get isUsable() {
    return this.state === 'approved' && this.expiresAt > DateTime.utc()
  }

  /** What DNS has to say, below the name itself: who publishes there has its zone. */
  get record() {
    return { name: `_tsukasa-owner.${this.name}`, value: `tsukasa-owner=${this.token}` }
  }

  /** What the present site has to serve. */
  get file() {
    const path = `/.well-known/tsukasa-owner-${this.token.slice(0, 16)}.txt`
    return { path, content: this.token }
  }

  /** Without a server it is for a zone (OPT-10). Answers the one that is there already rather than making a second. */
  static open(server: Server | null, name: Name, actor: Actor): Promise<NameClaim> {
    const operation = { action: 'name_claim.store', target: name.unicode }
    return operate(actor, operation, async (client) => {
      await lockName(name.ascii, client)
      const { contractId } = server ?? actor.by
      const present = await this.unfinishedOf(contractId, client).where('name', name.ascii).first()
      if (present) return present
      await refuseNeedless(name.ascii, contractId, client)
      await refuseTooMany(contractId, client)
      const expiresAt = DateTime.utc().plus({ days: nameClaims.openDays })
      const names = { name: name.ascii, unicodeName: name.unicode, claimedBy: actor.by.login }
      const token = randomBytes(24).toString('hex')
      const fresh = {
        contractId,
        serverId: server?.id ?? null,
        state: 'open' as const,
        token,
        expiresAt,
      }
      return this.create({ ...names, ...fresh }, { client })
    })
  }

  /** Nothing found: only when that was looked for. */
  async noteCheck() {
    this.checkedAt = DateTime.utc()
    await this.save()
  }

  prove(proof: Proof, actor: Actor) {
    return this.change('name_claim.update', actor, async (now, client) => {
      if (!now.isOpen) throw new Refusal('name_claim_is_over')
      const holders = await holdersAround(now.name, client)
      const held = holders.filter(({ name }) => name === now.name)
      const provedAt = DateTime.utc()
      now.merge({ proof, provedAt, checkedAt: provedAt, state: 'proved' })
      if (held.length === 0) now.approve(null)
      for (const holder of held) await tell(holder, 'name_dispute.store', now, client)
    })
  }

  withdraw(actor: Actor) {
    return this.change('name_claim.destroy', actor, async (now) => {
      if (!now.isUndecided) throw new Refusal('name_claim_is_over')
      now.state = 'withdrawn'
    })
  }

  /** By staff, who may know more than DNS does. */
  approveBy(staff: Staff, { handover, reason }: { handover: Handover; reason: string | null }) {
    return this.decide('name_claim_approval.store', async (now, client) => {
      now.merge({ reason })
      now.approve(staff.login)
      const held = Domain.query({ client }).where('name', now.name).whereNull('deletedAt')
      // In one order, so that nobody waits for somebody who waits for him
      for (const holder of await held.orderBy('serverId')) {
        await takeFrom(holder, { nameClaimId: now.id, handover }, client)
        await tell(holderOf(holder), 'name_handover.store', now, client)
      }
    })
  }

  refuseBy(staff: Staff, reason: string) {
    return this.decide('name_claim_refusal.store', async (now) => {
      const decision = { decidedBy: staff.login, decidedAt: DateTime.utc(), reason }
      now.merge({ state: 'refused', ...decision })
    })
  }

  /** The domain that was to go has been restored: it is to be decided again. */
  static async reopen(id: number, client: TransactionClientContract) {
    const claim = await this.query({ client }).where('id', id).first()
    if (claim?.state !== 'approved') return
    await claim.merge({ state: 'proved', decidedBy: null, decidedAt: null, reason: null }).save()
  }

  static unfinishedOf(contractId: number, client?: TransactionClientContract) {
    return this.query({ client })
      .where('contractId', contractId)
      .whereIn('state', [...unfinished])
      .where('expiresAt', '>', DateTime.utc().toSQL()!)
  }

  private approve(decidedBy: string | null) {
    const decidedAt = DateTime.utc()
    this.state = 'approved'
    this.decidedBy = decidedBy
    this.decidedAt = decidedAt
    this.expiresAt = decidedAt.plus({ days: nameClaims.approvedDays })
  }

  private decide(
    action: string,
    work: (now: NameClaim, client: TransactionClientContract) => Promise<void>
  ) {
    return this.change(action, providerFor(this.contractId, 'staff'), async (now, client) => {
      if (!now.isUndecided) throw new Refusal('name_claim_is_over')
      await work(now, client)
    })
  }

  /** `work` sees the row as it is now, which nobody else changes meanwhile. */
  private async change(
    action: string,
    author: Parameters<typeof operate>[0],
    work: (now: NameClaim, client: TransactionClientContract) => Promise<void>
  ) {
    const operation = { action, target: this.unicodeName }
    await operate(author, operation, async (client) => {
      await lockName(this.name, client)
      const now = await NameClaim.findOrFail(this.id, { client })
      await work(now, client)
      await now.useTransaction(client).save()
    })
  }
}

async function refuseNeedless(
  ascii: string,
  contractId: number,
  client: TransactionClientContract
) {
  const holders = await holdersAround(ascii, client)
  const same = holders.find(({ name }) => name === ascii)
  if (same?.contract_id === contractId) throw new Refusal('name_is_yours_already', 'name')
  if (same || isForeign(ascii, holders, contractId)) return
  if (await isForeignZone(ascii, contractId, client)) return
  const given = await approvedClaims(ascii, client)
  if (given.length === 0) throw new Refusal('name_is_free', 'name')
}

async function refuseTooMany(contractId: number, client: TransactionClientContract) {
  const [{ total }] = await NameClaim.unfinishedOf(contractId, client)
    .pojo<any>()
    .count('* as total')
  if (Number(total) >= nameClaims.most)
    throw new Refusal('too_many_name_claims', 'name', { limit: nameClaims.most })
}

/** A name goes as a whole, whatever the number of servers that it is on. */
async function takeFrom(
  holder: Domain,
  { nameClaimId, handover }: { nameClaimId: number; handover: Handover },
  client: TransactionClientContract
) {
  await Server.lock(holder.serverId, client)
  const days = handover === 'now' ? 0 : deletionGraceDays
  const endsAt = DateTime.utc().plus({ days })
  await DomainDeletion.handOver(holder, { nameClaimId, endsAt }, client)
  await askForEnd(holder, handover, client)
}

/** PNL-08: who has the name learns from his log that somebody else says it is his. */
function tell(
  { id: domainId, contract_id: contractId }: Pick<Holder, 'id' | 'contract_id'>,
  action: string,
  { unicodeName: target }: NameClaim,
  client: TransactionClientContract
) {
  return OperationLog.record(providerFor(contractId, 'staff'), { action, target, domainId }, client)
}

const holderOf = ({ id, contractId }: Domain) => ({ id, contract_id: contractId })

/** The site stops at once; where nothing is to be kept, the end comes at once, too. */
async function askForEnd(holder: Domain, handover: Handover, client: TransactionClientContract) {
  const server = await Server.findOrFail(holder.serverId, { client })
  const reason = `domain.destroy ${holder.name}`
  await server.requestApply({ reason, domainIds: [holder.id] }, client)
  if (handover === 'now') await Task.enqueue({ kind: 'end_domain_deletions' }, client)
}
