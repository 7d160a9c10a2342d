import { chunked } from '#models/batches'
import type { Change, ChangeKind, Scope, SheetRow, Values } from '#models/sheet/sheet'
import type { Problem } from '#models/sheet/problem'

/** A user as the sheets need it. */
export interface MailboxState {
  readonly id: number
  readonly local_part: string
  readonly description: string | null
  readonly quota_mb: number
  readonly ftp_right: unknown
  readonly virus_warning: unknown
  readonly user_script: unknown
  readonly spam_check: unknown
  readonly spam_level: string
  readonly spam_action: string
  readonly forward_keeps: unknown
}

/** `admin` first, as nobody looks for him among the others; then by ID. */
export async function localPartsOf({ domain, client }: Scope): Promise<string[]> {
  const rows = await client.from('mailboxes').where('domain_id', domain.id).select('local_part')
  const names = rows.map((row) => row.local_part as string).sort()
  return [...names.filter((name) => name === 'admin'), ...names.filter((name) => name !== 'admin')]
}

export async function mailboxStates({ domain, client }: Scope, localParts: readonly string[]) {
  const states = new Map<string, MailboxState>()
  for (const names of chunked(localParts)) {
    const rows: MailboxState[] = await client
      .from('mailboxes')
      .where('domain_id', domain.id)
      .whereIn('local_part', names)
      .select('*')
    for (const row of rows) states.set(row.local_part, row)
  }
  return states
}

interface ListTable {
  readonly table: 'mail_senders' | 'mailbox_forwards'
  readonly column: 'pattern' | 'address'
  readonly where?: Readonly<Record<string, string>>
}

export const whitelist: ListTable = {
  table: 'mail_senders',
  column: 'pattern',
  where: { list: 'allow' },
}
export const rejectList: ListTable = { ...whitelist, where: { list: 'reject' } }
export const forwardList: ListTable = { table: 'mailbox_forwards', column: 'address' }

/** Lists of many users with a query for some hundred; sorted, so that equal ones are equal. */
export async function listsOf(
  { table, column, where = {} }: ListTable,
  mailboxIds: readonly number[],
  { client }: Scope
): Promise<Map<number, string[]>> {
  const lists = new Map<number, string[]>(mailboxIds.map((id) => [id, []]))
  for (const ids of chunked(mailboxIds)) {
    const rows = await client
      .from(table)
      .where(where)
      .whereIn('mailbox_id', ids)
      .select('mailbox_id', column)
    for (const row of rows) lists.get(row.mailbox_id)!.push(row[column])
  }
  for (const list of lists.values()) list.sort()
  return lists
}

/** What settings of users that are there already do: all columns are overwritten. */
export function settingKind(
  row: SheetRow,
  before: Values | undefined
): ChangeKind | Problem | null {
  if (!before) return { key: 'unknown_user' }
  return row.password !== undefined || changedKeys(before, row.values).length > 0 ? 'changed' : null
}

/** The columns whose values differ. */
export function changedKeys(before: Values, after: Values): string[] {
  return Object.keys(after).filter(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(after[key])
  )
}

export const isChanged = ({ before, after }: Change, key: string) =>
  changedKeys(before ?? {}, after ?? {}).includes(key)

/** Which of these names lists of the domain have already (MAIL-06). */
export async function listNamesAmong(names: readonly string[], { domain, client }: Scope) {
  const found = new Set<string>()
  for (const some of chunked(names)) {
    const rows = await client
      .from('mailing_lists')
      .where('domain_id', domain.id)
      .whereIn('local_part', some)
      .select('local_part')
    for (const row of rows) found.add(row.local_part)
  }
  return found
}
