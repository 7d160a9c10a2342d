import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { OperationLogSchema } from '#database/schema'
import type Account from '#models/account'
import type { Author } from '#models/actor'
import { chunked } from '#models/batches'
import { sqlTime } from '#models/task/clock'

/** What was done to what. `contractId` and `domainId` decide who may read the line. */
export interface Operation {
  readonly action: string
  readonly target?: string | null
  readonly domainId?: number | null
  readonly succeeded?: boolean
}

/** PNL-08: what customers did, kept for a year; never what they typed. */
export default class OperationLog extends OperationLogSchema {
  static record(actor: Author, operation: Operation, client?: TransactionClientContract) {
    const { by, ip } = actor
    return this.create(
      {
        contractId: by.contractId,
        domainId: operation.domainId ?? by.domainId,
        accountId: by.id,
        actor: by.login,
        role: by.role,
        action: operation.action,
        target: operation.target ?? null,
        succeeded: operation.succeeded ?? true,
        ip,
      },
      { client }
    )
  }

  /** Of many things that one change did, in a few statements. */
  static async recordAll(
    { by, ip }: Author,
    operations: readonly Operation[],
    client: TransactionClientContract
  ) {
    const createdAt = sqlTime()
    const rows = operations.map((operation) => ({
      contract_id: by.contractId,
      domain_id: operation.domainId ?? by.domainId,
      account_id: by.id,
      actor: by.login,
      role: by.role,
      action: operation.action,
      target: operation.target ?? null,
      succeeded: operation.succeeded ?? true,
      ip,
      created_at: createdAt,
    }))
    for (const some of chunked(rows, 200)) {
      await client.insertQuery().table('operation_logs').multiInsert(some)
    }
  }

  /** A sign-in that failed is shown to the owner of the name that was tried, if there is one. */
  static recordSignIn(account: Account, ip: string | null, succeeded: boolean) {
    return this.record({ by: account, ip }, { action: 'session.store', succeeded })
  }

  /** Contractor: everybody's. Domain admin: his own and those of his domain's users. User: his own. */
  static visibleTo(account: Account) {
    const query = this.query().orderBy('id', 'desc')
    if (account.isContractor) return query.where('contractId', account.contractId)
    if (account.isDomainAdmin) {
      return query.where('domainId', account.domainId!).whereNot('role', 'contractor')
    }
    return query.where('accountId', account.id)
  }
}
