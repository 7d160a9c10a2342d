import { defaultDomainQuotaMb, defaultMailboxQuotaMb, testSuffix } from '#config/domains'
import { reverseName } from '#models/domain/domain_name'
import { storedNow, type Database, type Row } from '#tests/load/stage/database'

export interface Filling {
  readonly serverId: number
  readonly domains: number
  /** Of each domain, with its `admin`. */
  readonly mailboxes: number
  /** Of every account. */
  readonly passwordHash: string
}

interface Owner {
  contract_id: number
  php_versions: string
  next_uid: number
  next_slot: number
}

/** Domains and mailboxes of one server, as the panel itself would have stored them; answers the ids of the domains. */
export function fillServer(db: Database, filling: Filling): number[] {
  const server = db.one<Owner>('select * from servers where id = ?', filling.serverId)
  const plan = planned(db, filling, server)
  db.transaction(() => {
    db.insertAll('domains', plan.domains)
    db.insertAll('mailboxes', plan.mailboxes)
    db.insertAll('accounts', plan.accounts)
    db.run(
      'update servers set next_uid = ?, next_slot = ? where id = ?',
      server.next_uid + plan.domains.length + plan.mailboxes.length,
      server.next_slot + plan.domains.length,
      filling.serverId
    )
  })
  return plan.domains.map((domain) => Number(domain.id))
}

/** Every domain below one name, so that all belong to one family. */
export const domainName = (number: number) => `site${String(number).padStart(5, '0')}.example.jp`
export const localPart = (number: number) =>
  number === 0 ? 'admin' : `user${String(number).padStart(3, '0')}`

function planned(db: Database, filling: Filling, server: Owner) {
  const domains: Row[] = []
  const mailboxes: Row[] = []
  const accounts: Row[] = []
  const domainBase = lastId(db, 'domains')
  const mailboxBase = lastId(db, 'mailboxes')
  let uid = server.next_uid
  for (let index = 0; index < filling.domains; index++) {
    const id = domainBase + index + 1
    domains.push(
      domainRow(id, filling.serverId, server, { uid: uid++, slot: server.next_slot + index })
    )
    for (let number = 0; number < filling.mailboxes; number++) {
      const mailboxId = mailboxBase + index * filling.mailboxes + number + 1
      mailboxes.push(mailboxRow(mailboxId, id, number, uid++))
      accounts.push(accountRow(mailboxId, id, number, server.contract_id, filling.passwordHash))
    }
  }
  return { domains, mailboxes, accounts }
}

function lastId(db: Database, table: string) {
  return db.one<{ id: number | null }>(`select max(id) as id from ${table}`).id ?? 0
}

function domainRow(
  id: number,
  serverId: number,
  server: Owner,
  own: { uid: number; slot: number }
): Row {
  const name = domainName(id)
  const [php] = server.php_versions.split(',')
  return {
    id,
    server_id: serverId,
    contract_id: server.contract_id,
    name,
    reversed_name: reverseName(name),
    unicode_name: name,
    kind: 'own',
    test_name: `b${String(id).padStart(9, '0')}.${testSuffix}`,
    ...own,
    quota_mb: defaultDomainQuotaMb,
    php_http: php,
    php_https: php,
    php_staging_http: php,
    php_staging_https: php,
    created_at: storedNow(),
  }
}

function mailboxRow(id: number, domainId: number, number: number, uid: number): Row {
  return {
    id,
    domain_id: domainId,
    local_part: localPart(number),
    uid,
    quota_mb: defaultMailboxQuotaMb,
    created_at: storedNow(),
  }
}

function accountRow(
  mailboxId: number,
  domainId: number,
  number: number,
  contractId: number,
  password: string
): Row {
  return {
    login: `${localPart(number)}@${domainName(domainId)}`,
    role: number === 0 ? 'domain_admin' : 'mailbox',
    password,
    contract_id: contractId,
    domain_id: domainId,
    mailbox_id: mailboxId,
    created_at: storedNow(),
  }
}
