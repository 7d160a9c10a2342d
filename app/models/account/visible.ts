import db from '@adonisjs/lucid/services/db'
import { visibleMonths } from '#config/billing'
import type Account from '#models/account'
import Database from '#models/database'
import DatabaseUser from '#models/database_user'
import Certificate from '#models/certificate'
import Domain from '#models/domain'
import DomainDeletion from '#models/domain_deletion'
import Import from '#models/import'
import Inquiry from '#models/inquiry'
import Invoice from '#models/invoice'
import Mailbox from '#models/mailbox'
import MailingList from '#models/mailing_list'
import NameClaim from '#models/name_claim'
import Order from '#models/order'
import Server from '#models/server'
import Statement, { firstVisibleMonth } from '#models/statement'
import { endedStates } from '#models/server/end'
import Task from '#models/task'
import Zone from '#models/zone'

/*
 * Records are found through the person who asks (REL-04): what is not his is not there, so foreign
 * and unknown ids answer alike. What he may do with it is the policies' business.
 */

export function serversOf(account: Account) {
  const query = Server.query()
  return account.isContractor
    ? query.where('contract_id', account.contractId).whereNotIn('state', [...endedStates])
    : query.whereRaw('1 = 0')
}

/** With its server. Domains whose deletion was confirmed are no longer there, even while they wait. */
export function domainsOf(account: Account) {
  const query = Domain.query().whereNull('domains.deleted_at').preload('server')
  query.whereNotIn('domains.id', waitingDomainIds())
  if (account.isDomainAdmin) return query.where('id', account.domainId!)
  if (!account.isContractor) return query.whereRaw('1 = 0')
  return query.where('contract_id', account.contractId)
}

/** DOM-01: the same name on other servers of the contract; only its contractor has to do with those. */
export async function namesakesOf(account: Account, domain: Domain): Promise<Domain[]> {
  if (!account.isContractor) return []
  const query = domainsOf(account).where('name', domain.name).whereNot('id', domain.id)
  return query.where('contract_id', domain.contractId).orderBy('name_place')
}

/** DOM-05: domains of a contractor that can still be restored; with their domain and its server. */
export function domainDeletionsOf(account: Account) {
  const query = DomainDeletion.query().preload('domain', (domain) => domain.preload('server'))
  if (!account.isContractor) return query.whereRaw('1 = 0')
  query.whereNotIn('domain_id', domainIdsOfEndedServers())
  return query.where('contract_id', account.contractId)
}

/** Domains of a contractor that can be removed for good: also those that wait for their end. */
export function removableDomainsOf(account: Account) {
  const query = Domain.query().whereNull('domains.deleted_at').preload('server')
  query.whereNotIn('domains.id', domainIdsOfEndedServers())
  if (!account.isContractor) return query.whereRaw('1 = 0')
  return query.where('contract_id', account.contractId)
}

/** DOM-01: names that the contract says are its own; with their server. */
export function nameClaimsOf(account: Account) {
  const query = NameClaim.query().preload('server')
  if (!account.isContractor) return query.whereRaw('1 = 0')
  return query.where('contract_id', account.contractId)
}

/** OPT-10: the contractor's; those that are being taken off the name servers are no longer there. */
export function zonesOf(account: Account) {
  const query = Zone.query().whereNull('deleted_at')
  if (!account.isContractor) return query.whereRaw('1 = 0')
  return query.where('contract_id', account.contractId)
}

/** ORD-08: of the whole contract for its contractor, of his own domain for a domain admin. */
export function inquiriesOf(account: Account) {
  const query = Inquiry.query().where('contract_id', account.contractId)
  if (account.isContractor) return query
  return account.isDomainAdmin
    ? query.where('domain_id', account.domainId!)
    : query.whereRaw('1 = 0')
}

/** ORD-06: the contractor's. Nobody else has to do with orders (PNL-01). */
export function ordersOf(account: Account) {
  const query = Order.query()
  if (!account.isContractor) return query.whereRaw('1 = 0')
  return query.where('contract_id', account.contractId)
}

/** With its domain and server. */
export function mailboxesOf(account: Account) {
  const query = Mailbox.query().preload('domain', (domain) => domain.preload('server'))
  if (account.isMailboxUser) return query.where('id', account.mailboxId!)
  return query.whereIn('domain_id', presentDomainIdsOf(account))
}

/** Of a domain of his: all of the contract for the contractor, the domain's own and the one it shows for its admin. */
export function certificatesOf(account: Account, domain: Domain) {
  const query = Certificate.query().where('contract_id', domain.contractId)
  if (account.isContractor) return query
  if (!account.isDomainAdmin) return query.whereRaw('1 = 0')
  return query.where((own) => {
    own.where('domain_id', domain.id).orWhere('id', domain.certificateId ?? 0)
  })
}

/** CSV files that were uploaded for domains that he manages; with their domain and server. */
export function importsOf(account: Account) {
  const query = Import.query().preload('domain', (domain) => domain.preload('server'))
  if (account.isMailboxUser) return query.whereRaw('1 = 0')
  return query.whereIn('domain_id', presentDomainIdsOf(account))
}

/** With its domain and server. Users have none. */
export function mailingListsOf(account: Account) {
  const query = MailingList.query().preload('domain', (domain) => domain.preload('server'))
  if (account.isMailboxUser) return query.whereRaw('1 = 0')
  return query.whereIn('domain_id', presentDomainIdsOf(account))
}

/** WEB-04: databases of one domain; with their domain and server. */
export function databasesOf(account: Account, domainId: number | string) {
  const query = Database.query().preload('domain', (domain) => domain.preload('server'))
  return query.whereIn('domain_id', domainsOf(account).where('id', domainId).select('id'))
}

/** WEB-04: users of databases of one domain; with their domain and server. */
export function databaseUsersOf(account: Account, domainId: number | string) {
  const query = DatabaseUser.query().preload('domain', (domain) => domain.preload('server'))
  return query.whereIn('domain_id', domainsOf(account).where('id', domainId).select('id'))
}

/** Applies that he asked for, and all of his servers for a contractor. */
export function appliesOf(account: Account) {
  return Task.query().where((visible) => {
    visible.where('account_id', account.id)
    if (!account.isContractor) return
    visible.orWhereIn(
      'server_id',
      db.from('servers').select('id').where('contract_id', account.contractId)
    )
  })
}

/** The apply that his last change to a server asked for, to be watched on the page he goes to. */
export async function latestApplyOf(account: Account, serverId: number) {
  const row = await db
    .from('tasks')
    .select('id')
    .where({ server_id: serverId, account_id: account.id, kind: 'converge_server' })
    .orderBy('id', 'desc')
    .first()
  return (row?.id as number | undefined) ?? null
}

/** DOM-05: their domains are not there for anybody, until they are restored. */
function waitingDomainIds() {
  return db.from('domain_deletions').select('domain_id')
}

/** ORD-04: what they had went with the server, as far as customers can do anything. */
function domainIdsOfEndedServers() {
  const servers = db
    .from('servers')
    .select('id')
    .whereIn('state', [...endedStates])
  return db.from('domains').select('id').whereIn('server_id', servers)
}

/** Of those that he manages. */
function presentDomainIdsOf(account: Account) {
  const domains = db.from('domains').select('id').whereNull('deleted_at')
  domains.whereNotIn('id', waitingDomainIds())
  if (account.isDomainAdmin) return domains.where('id', account.domainId!)
  return domains.where('contract_id', account.contractId)
}

/** PNL-13: what the contract had to pay for in the last months. */
export function statementsOf(account: Account) {
  const query = Statement.query().preload('invoice').orderBy('month', 'desc').limit(visibleMonths)
  if (!account.isContractor) return query.whereRaw('1 = 0')
  return query.where('contract_id', account.contractId).where('month', '>=', firstVisibleMonth())
}

/** ORD-07: whatever its age, for the books. */
export function invoicesOf(account: Account) {
  const query = Invoice.query().preload('statement')
  if (!account.isContractor) return query.whereRaw('1 = 0')
  return query.where('contract_id', account.contractId)
}
