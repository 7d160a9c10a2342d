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
}

const shown = ['id', 'actor', 'role', 'action', 'target', 'succeeded', 'ip', 'created_at']

/** PNL-08: newest first; whose lines one may read is decided by `visibleTo`. */
export function operationLogRows(account: Account, page: number) {
  return pageOf<OperationLogRow>(OperationLog.visibleTo(account).pojo().select(shown), page, 50)
}
