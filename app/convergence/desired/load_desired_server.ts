import { addedCard } from '#compute/added_card'
import encryption from '@adonisjs/core/services/encryption'
import db from '@adonisjs/lucid/services/db'
import type {
  DesiredDomain,
  DesiredMailbox,
  DesiredServer,
  DomainHead,
  MtaSts,
} from '#convergence/desired_server'
import { loadDatabases } from '#convergence/desired/databases'
import {
  loadAcmeThumbprint,
  loadCertificates,
  loadProviderCertificates,
  webSecurityOf,
  type WebSecurity,
} from '#convergence/desired/certificates'
import { deepFreeze } from '#convergence/desired/deep_freeze'
import { loadExchanges } from '#convergence/desired/exchanges'
import { loadNetwork } from '#convergence/desired/network'
import { loadMailingLists } from '#convergence/desired/mailing_lists'
import {
  loadMailLists,
  mailSettingsOf,
  secondsOf,
  type MailLists,
} from '#convergence/desired/mail_settings'
import { loadWafs } from '#convergence/desired/waf'
import { webSettingsOf } from '#convergence/desired/web_settings'
import { toAbsolutePath, toDomainName, toLocalPart, toUnixName } from '#convergence/syntax/names'

/**
 * Reads from the database what one server should be. Seventeen queries, one more for a server with a private network, one more where a WAF is on, whatever the number of domains;
 * a narrow apply reads the heads of all domains and the content of only those it touches. Values
 * become their parsed types here: a row that does not fit stops the apply before anything is rendered.
 */
export async function loadDesiredServer(
  serverId: number,
  domainIds: readonly number[] | 'all'
): Promise<DesiredServer> {
  const server = await serverRow(serverId)
  const rows = await domainRows(serverId)
  const touched = domainIds === 'all' ? rows : rows.filter((row) => domainIds.includes(row.id))
  const all = domainIds === 'all'
  const lists = await loadMailLists(serverId, all ? null : touched.map((row) => row.id))
  const mailingLists = await loadMailingLists(serverId, all ? null : touched.map((row) => row.id))
  const exchanges = await loadExchanges(serverId)
  const databases = await loadDatabases(serverId, all ? null : touched.map((row) => row.id))
  const mailboxes = await mailboxesOf(serverId, touched, all, lists)
  const certificates = await loadCertificates(touched)
  const wafs = await loadWafs(touched)

  return deepFreeze({
    id: server.id,
    name: toUnixName(server.name),
    address: server.address,
    addedAddresses: addedAddressesOf(server),
    network: await loadNetwork(server),
    hostname: toDomainName(server.hostname),
    domains: rows.map(toHead),
    details: new Map(
      touched.map((row) => [
        row.id,
        {
          ...toDetail(row, mailboxes.get(row.id) ?? [], lists),
          mailingLists: mailingLists.get(row.id) ?? [],
          exchange: exchanges.get(row.id),
          ...databases.of(row.id),
          ...webSecurityOf(row, certificates),
          waf: wafs.of(row),
        },
      ])
    ),
    phpVersions: server.php_versions.split(','),
    acmeThumbprint: await loadAcmeThumbprint(),
    providerCertificates: await loadProviderCertificates(),
  })
}

/** With its network, and all addresses that it has. */
function serverRow(serverId: number) {
  const addresses =
    '(select group_concat(address) from server_addresses where server_id = servers.id)'
  return db
    .from('servers')
    .join('compute_nodes', 'compute_nodes.id', 'servers.compute_node_id')
    .where('servers.id', serverId)
    .select('servers.*', 'compute_nodes.cidr', 'compute_nodes.gateway')
    .select(db.raw(`${addresses} as addresses`))
    .firstOrFail()
}

interface Addressed {
  readonly address: string
  readonly addresses: string | null
  readonly cidr: string | null
  readonly gateway: string | null
}

function addedAddressesOf({ address: first, addresses, cidr, gateway }: Addressed) {
  if (!addresses || !cidr || !gateway) return []
  const added = addresses.split(',').filter((address) => address !== first)
  const prefixLength = Number(cidr.split('/')[1])
  return added
    .toSorted()
    .map((address) => ({ address, prefixLength, gateway, card: addedCard(address) }))
}

/** A domain that is being deleted is not wanted any more, so it is not here. */
function domainRows(serverId: number) {
  return db
    .from('domains')
    .join('accounts', (on) =>
      on.on('accounts.domain_id', 'domains.id').andOnVal('accounts.role', 'domain_admin')
    )
    .leftJoin('restrictions', (on) =>
      on.on('restrictions.domain_id', 'domains.id').andOnVal('restrictions.feature', 'ssh')
    )
    .leftJoin('domain_deletions', 'domain_deletions.domain_id', 'domains.id')
    .leftJoin(
      'contract_suspensions',
      'contract_suspensions.open_contract_id',
      'domains.contract_id'
    )
    .where('domains.server_id', serverId)
    .whereNull('domains.deleted_at')
    .orderBy('domains.id')
    .select('domains.*', 'accounts.password as password_hash')
    .select('restrictions.id as ssh_restriction_id')
    .select('domain_deletions.id as deletion_id')
    .select('contract_suspensions.id as contract_suspension_id')
}

async function mailboxesOf(
  serverId: number,
  touched: readonly any[],
  all: boolean,
  lists: MailLists
) {
  const query = db
    .from('mailboxes')
    .join('accounts', 'accounts.mailbox_id', 'mailboxes.id')
    .orderBy('mailboxes.local_part')
    .select('mailboxes.*', 'accounts.password as password_hash')
  const rows = all
    ? await query
        .join('domains', 'domains.id', 'mailboxes.domain_id')
        .where('domains.server_id', serverId)
    : await query.whereIn(
        'mailboxes.domain_id',
        touched.map((row) => row.id)
      )
  return Map.groupBy(
    rows.map((row) => toMailbox(row, lists)),
    (mailbox) => mailbox.domainId
  )
}

function toHead(row: any): DomainHead {
  return {
    id: row.id,
    name: toDomainName(row.name),
    testName: toDomainName(row.test_name),
    unixName: toUnixName(`d${row.id}`),
    uid: row.uid,
    slot: row.slot,
    suspended: isStopped(row),
    passwordHash: row.password_hash,
    sshForbidden: row.ssh_restriction_id !== null,
    root: toAbsolutePath(`/data/domain/${row.name}`),
    outMx: Boolean(row.out_mx),
    dkimSelector: row.dkim_selector,
    mtaSts: row.mta_sts as MtaSts,
  }
}

/** By its contractor, with its contract by staff (OPS-07), or while it waits for its end (DOM-05): it keeps everything and serves nothing. */
function isStopped(row: any) {
  return [row.suspended_at, row.deletion_id, row.contract_suspension_id].some(
    (each) => each !== null
  )
}

function toDetail(
  row: any,
  mailboxes: readonly DesiredMailbox[],
  lists: MailLists
): Omit<DesiredDomain, 'mailingLists' | 'databases' | 'databaseUsers' | 'waf' | keyof WebSecurity> {
  return {
    ...toHead(row),
    quotaMb: row.quota_mb,
    ...webSettingsOf(row),
    mailboxes,
    allowedSenders: lists.ofDomain(row.id),
    dkimPrivateKey: row.dkim_private_key && decrypted(row.dkim_private_key),
    sendingLimits: { perHour: row.sending_per_hour, perDay: row.sending_per_day },
    programsUnlockedAt: secondsOf(row.programs_unlocked_at),
    logDays: row.log_days,
  }
}

/** A key that another APP_KEY encrypted stops the apply: without it the domain's mail would go out unsigned. */
function decrypted(secret: string): string {
  const plain = encryption.decrypt<string>(secret)
  if (plain === null) throw new Error('a DKIM key was encrypted with another APP_KEY')
  return plain
}

function toMailbox(row: any, lists: MailLists) {
  return {
    domainId: row.domain_id as number,
    id: row.id as number,
    localPart: toLocalPart(row.local_part),
    uid: row.uid as number,
    quotaMb: row.quota_mb as number,
    passwordHash: row.password_hash as string,
    suspended: row.suspended_at !== null,
    ftpRight: Boolean(row.ftp_right),
    ...mailSettingsOf(row, lists),
  }
}
