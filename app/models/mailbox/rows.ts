import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import type { AccountRole } from '#models/account'
import { chunked } from '#models/batches'
import type Domain from '#models/domain'
import type Server from '#models/server'
import { sqlTime } from '#models/task/clock'

/*
 * Rows of many users at once, within the transaction of whoever changes them: a statement for some
 * hundred of them, because one for each would take seconds for a thousand.
 */

/** SQLite takes 32,766 values a statement. */
const rowsAtOnce = 200

export interface MailboxWish {
  readonly localPart: string
  readonly role: Exclude<AccountRole, 'contractor'>
  readonly description: string | null
  readonly quotaMb: number
  readonly passwordHash: string
}

/** MAIL-01: users and the accounts that sign in to them. Call with the locked server. */
export async function addMailboxRows(
  domain: Domain,
  server: Server,
  wishes: readonly MailboxWish[],
  client: TransactionClientContract
) {
  const { firstUid } = await server.takeIds({ uids: wishes.length, slots: 0 }, client)
  const now = sqlTime()
  const times = { created_at: now, updated_at: now }
  const mailboxes = wishes.map(({ localPart, role, description, quotaMb }, index) => ({
    domain_id: domain.id,
    local_part: localPart,
    description,
    quota_mb: quotaMb,
    // WEB-05: he sees the whole domain anyway
    ftp_right: role === 'domain_admin',
    uid: firstUid + index,
    ...times,
  }))
  await insertAll('mailboxes', mailboxes, client)
  const idOf = await idsOf(
    domain,
    wishes.map(({ localPart }) => localPart),
    client
  )
  const accounts = wishes.map(({ localPart, role, passwordHash }) => ({
    login: `${localPart}@${domain.signInName}`,
    role,
    password: passwordHash,
    contract_id: server.contractId,
    domain_id: domain.id,
    mailbox_id: idOf.get(localPart)!,
    ...times,
  }))
  await insertAll('accounts', accounts, client)
}

export async function idsOf(
  domain: Domain,
  localParts: readonly string[],
  client: TransactionClientContract
) {
  const ids = new Map<string, number>()
  for (const names of chunked(localParts)) {
    const rows = await client
      .from('mailboxes')
      .where('domain_id', domain.id)
      .whereIn('local_part', names)
      .select('id', 'local_part')
    for (const { id, local_part: localPart } of rows) ids.set(localPart, id)
  }
  return ids
}

/** A statement for all that get the same: a thousand users are told a few different things. */
export async function setMailboxColumns(
  changes: ReadonlyMap<number, Readonly<Record<string, string | number | boolean | null>>>,
  client: TransactionClientContract
) {
  const groups = Map.groupBy(changes, ([, values]) => JSON.stringify(values))
  for (const [values, members] of groups) {
    const columns = { ...JSON.parse(values), updated_at: sqlTime() }
    for (const ids of chunked(members.map(([id]) => id))) {
      await client.from('mailboxes').whereIn('id', ids).update(columns)
    }
  }
}

export async function setPasswordHashes(
  hashes: ReadonlyMap<number, string>,
  client: TransactionClientContract
) {
  const now = sqlTime()
  for (const [mailboxId, password] of hashes) {
    await client
      .from('accounts')
      .where('mailbox_id', mailboxId)
      .update({ password, password_changed_at: now, updated_at: now })
  }
}

export interface ListRows {
  readonly table: 'mail_senders' | 'mailbox_forwards'
  readonly column: 'pattern' | 'address'
  /** What all rows have in common besides their user. */
  readonly row: Readonly<Record<string, string | number>>
}

/** Only what differs is written, by id (see `replaceRows`). */
export async function replaceListRows(
  { table, column, row }: ListRows,
  lists: ReadonlyMap<number, readonly string[]>,
  client: TransactionClientContract
) {
  const gone: number[] = []
  const known = new Map<number, Set<string>>([...lists.keys()].map((id) => [id, new Set()]))
  for (const ids of chunked([...lists.keys()])) {
    const present = await client.from(table).where(row).whereIn('mailbox_id', ids).select('*')
    for (const each of present) {
      const isKept = lists.get(each.mailbox_id)!.includes(each[column])
      if (isKept) known.get(each.mailbox_id)!.add(each[column])
      else gone.push(each.id)
    }
  }
  for (const ids of chunked(gone)) await client.from(table).whereIn('id', ids).delete()
  const fresh = [...lists].flatMap(([mailboxId, values]) =>
    values
      .filter((value) => !known.get(mailboxId)!.has(value))
      .map((value) => ({ ...row, mailbox_id: mailboxId, [column]: value }))
  )
  await insertAll(table, fresh, client)
}

export async function insertAll(
  table: string,
  rows: readonly object[],
  client: TransactionClientContract
) {
  for (const some of chunked(rows, rowsAtOnce)) {
    await client
      .insertQuery()
      .table(table)
      .multiInsert(some as Record<string, unknown>[])
  }
}
