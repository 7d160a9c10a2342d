import db from '@adonisjs/lucid/services/db'
import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { DateTime } from 'luxon'
import { ContractSuspensionSchema } from '#database/schema'
import { Refusal } from '#exceptions/refusals'
import type { StaffAuthor } from '#models/actor'
import Contract from '#models/contract'
import Domain from '#models/domain'
import { endedStates } from '#models/server/end'
import Server from '#models/server'
import Staff from '#models/staff'
import StaffLog from '#models/staff_log'

/**
 * OPS-07: a contract that staff have stopped, such as one that is not paid for. Its sites answer 503, its mail is
 * kept by who sends it (450), nobody of its domains signs in anywhere, and its contractor only reads. Servers,
 * files, mail, zones and backups stay as they are, so that it goes on as if nothing had been.
 */
export default class ContractSuspension extends ContractSuspensionSchema {
  @belongsTo(() => Staff)
  declare staff: BelongsTo<typeof Staff>

  @belongsTo(() => Staff, { foreignKey: 'endedById' })
  declare endedBy: BelongsTo<typeof Staff>

  /** Null where nothing is stopped. */
  static of(contractId: number): Promise<ContractSuspension | null> {
    return this.findBy('openContractId', contractId)
  }

  /** Newest first, with who did it. */
  static historyOf(contractId: number): Promise<ContractSuspension[]> {
    const query = this.query().where({ contractId }).preload('staff').preload('endedBy')
    return query.orderBy('id', 'desc').limit(20)
  }

  static begin({ id: contractId }: Contract, reason: string, { staff, ip }: StaffAuthor) {
    return db.transaction(async (client) => {
      const { code: target } = await Contract.lock(contractId, client)
      const open = await this.query({ client }).where('openContractId', contractId).first()
      if (open) throw new Refusal('contract_is_suspended_already')
      const row = { contractId, openContractId: contractId, reason, staffId: staff?.id ?? null }
      const suspension = await this.create(row, { client })
      const action = 'contract_suspension.store'
      await applyEverywhere(contractId, action, client)
      await StaffLog.write({ staff, ip, action, target, details: { reason } }, client)
      return suspension
    })
  }

  static end({ id: contractId }: Contract, { staff, ip }: StaffAuthor) {
    return db.transaction(async (client) => {
      const { code: target } = await Contract.lock(contractId, client)
      const open = await this.query({ client }).where('openContractId', contractId).first()
      if (!open) throw new Refusal('contract_is_not_suspended')
      const ended = { endedAt: DateTime.utc(), endedById: staff?.id ?? null }
      await open.merge({ openContractId: null, ...ended }).save()
      const action = 'contract_suspension.destroy'
      await applyEverywhere(contractId, action, client)
      await StaffLog.write({ staff, ip, action, target }, client)
      return open
    })
  }
}

/** Of each server only the domains: the machine itself stays as it is. */
async function applyEverywhere(
  contractId: number,
  reason: string,
  client: TransactionClientContract
) {
  const servers = await Server.query({ client })
    .where({ contractId })
    .whereNotIn('state', [...endedStates])
    .orderBy('id')
  const domains = await Domain.query({ client }).where({ contractId }).whereNull('deletedAt')
  const byServer = Map.groupBy(domains, ({ serverId }) => serverId)
  for (const server of servers) {
    const domainIds = byServer.get(server.id)?.map(({ id }) => id)
    if (domainIds) await server.requestApply({ reason, domainIds }, client)
  }
}
