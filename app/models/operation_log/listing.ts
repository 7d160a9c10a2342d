import db from '@adonisjs/lucid/services/db'
import type Account from '#models/account'
import OperationLog from '#models/operation_log'
import { pageOf } from '#models/page'

export interface OperationLogRow {
  readonly id: number
  readonly actor: string
  readonly role: string
  readonly action: string
  readonly target: string | null
  readonly succeeded: boolean | number
  readonly ip: string | null
  readonly created_at: string
  /** Whose database, certificate or log the target is; null for the contract's own. */
  readonly domain_name: string | null
}

const shown = ['id', 'actor', 'role', 'action', 'target', 'succeeded', 'ip', 'created_at']
const domainName = 'select unicode_name from domains where domains.id = operation_logs.domain_id'

/** Work that has only begun when its line is written: whether it ended well is said where it is shown. */
const begun = ['database_imports', 'database_copies', 'automatic_certificate', 'access_report']
const isBegun = (action: string) =>
  begun.some((noun) => action === `${noun}.store`) || /^staging_\w+\.store$/.test(action)

/** What a line's result is called. */
export function resultOf({ action, succeeded }: Pick<OperationLogRow, 'action' | 'succeeded'>) {
  if (!succeeded) return 'failed'
  return isBegun(action) ? 'begun' : 'succeeded'
}

/** PNL-08: newest first; whose lines one may read is decided by `visibleTo`. */
export function operationLogRows(account: Account, page: number) {
  const query = OperationLog.visibleTo(account)
    .pojo()
    .select(shown)
    .select(db.raw(`(${domainName}) as domain_name`))
  return pageOf<OperationLogRow>(query, page, 50)
}
