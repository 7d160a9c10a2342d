import router from '@adonisjs/core/services/router'
import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { DateTime } from 'luxon'
import type { ApiClient, ApiResponse } from '@japa/api-client'
import {
  makeCertificate,
  makeDeletion,
  makeDomain,
  makeNameClaim,
  makeStaff,
  makeTenant,
  makeZone,
  type Tenant,
} from '#database/factories/tenant'
import { makeBackupHost, makeBackupTarget, makeRestore } from '#database/factories/backup'
import { makeAnnouncement } from '#database/factories/announcement'
import { makeStatement } from '#database/factories/billing'
import { databaseRow, databaseUserRow } from '#database/factories/database'
import { makePhysicalMachine } from '#database/factories/physical_machine'
import { makeOrder } from '#database/factories/order'
import { importRow } from '#tests/support/csv_files'
import type Account from '#models/account'
import Contract from '#models/contract'
import Database from '#models/database'
import DatabaseUser from '#models/database_user'
import Fee from '#models/fee'
import Import from '#models/import'
import Inquiry from '#models/inquiry'
import MailingList from '#models/mailing_list'
import ContentRestore from '#models/content_restore'
import ContentSync from '#models/content_sync'
import MonthClosing from '#models/month_closing'
import OrderFile from '#models/order_file'
import OrderFileContent from '#models/order_file_content'
import PaymentChange from '#models/payment_change'
import StagingChange from '#models/staging_change'
import StagingGeneration from '#models/staging_generation'
import Price from '#models/price'
import Run from '#models/run'
import TamperLook from '#models/tamper_look'
import Task from '#models/task'
import WafException from '#models/waf_exception'
import type Zone from '#models/zone'

type Role = 'contractor' | 'admin' | 'user'

const everybody: Role[] = ['contractor', 'admin', 'user']
const managers: Role[] = ['contractor', 'admin']
const contractorOnly: Role[] = ['contractor']

/** Who passes with his own records. A route that isn't listed fails the test: decide, then list it. */
const customers: Record<string, Role[]> = {
  'home.show': everybody,
  'session.destroy': everybody,
  'passwords.edit': everybody,
  'passwords.update': everybody,
  'operation_logs.index': everybody,
  'servers.index': contractorOnly,
  'servers.show': contractorOnly,
  'server_meters.show': contractorOnly,
  'server_networks.show': contractorOnly,
  'firewall_rules.edit': contractorOnly,
  'firewall_rules.update': contractorOnly,
  'global_connections.edit': contractorOnly,
  'global_connections.update': contractorOnly,
  'private_connections.edit': contractorOnly,
  'private_connections.update': contractorOnly,
  'server_powers.create': contractorOnly,
  'server_powers.store': contractorOnly,
  'contracts.show': contractorOnly,
  'contract_profiles.edit': contractorOnly,
  'contract_profiles.update': contractorOnly,
  'payment_changes.create': contractorOnly,
  'payment_changes.store': contractorOnly,
  'payment_changes.destroy': contractorOnly,
  'network_diagrams.show': contractorOnly,
  'panel_restrictions.edit': contractorOnly,
  'panel_restrictions.update': contractorOnly,
  'server_descriptions.edit': contractorOnly,
  'server_descriptions.update': contractorOnly,
  'statements.index': contractorOnly,
  'statements.show': contractorOnly,
  'invoices.show': contractorOnly,
  'supports.show': everybody,
  'announcements.index': everybody,
  'announcements.show': everybody,
  'orders.index': contractorOnly,
  'orders.create': contractorOnly,
  'orders.store': contractorOnly,
  'orders.show': contractorOnly,
  'order_events.show': contractorOnly,
  'order_kinds.index': contractorOnly,
  'order_confirmations.show': contractorOnly,
  'order_confirmations.store': contractorOnly,
  'order_withdrawals.create': contractorOnly,
  'order_withdrawals.store': contractorOnly,
  'order_answers.store': contractorOnly,
  'order_notes.store': contractorOnly,
  'order_papers.show': contractorOnly,
  'order_files.show': contractorOnly,
  'options.index': contractorOnly,
  'inquiries.index': managers,
  'inquiries.create': managers,
  'inquiries.store': managers,
  'inquiries.show': managers,
  'domains.index': contractorOnly,
  'domains.create': contractorOnly,
  'domains.store': contractorOnly,
  'domains.show': managers,
  'domain_deletions.create': contractorOnly,
  'domain_deletions.store': contractorOnly,
  'domain_deletions.index': contractorOnly,
  'domain_deletions.show': contractorOnly,
  'domain_deletions.destroy': contractorOnly,
  'domain_removals.create': contractorOnly,
  'domain_removals.store': contractorOnly,
  'ready_domains.create': contractorOnly,
  'ready_domains.store': contractorOnly,
  'ready_names.show': contractorOnly,
  'name_claims.index': contractorOnly,
  'name_claims.create': contractorOnly,
  'name_claims.store': contractorOnly,
  'name_claims.show': contractorOnly,
  'name_claims.destroy': contractorOnly,
  'name_claim_checks.store': contractorOnly,
  'disk_quotas.edit': contractorOnly,
  'disk_quotas.update': contractorOnly,
  'zones.index': contractorOnly,
  'zones.create': contractorOnly,
  'zones.store': contractorOnly,
  'zones.show': contractorOnly,
  'zones.edit': contractorOnly,
  'zones.update': contractorOnly,
  'zone_records.index': contractorOnly,
  'zone_records.store': contractorOnly,
  'zone_record_checks.store': contractorOnly,
  'zone_files.show': contractorOnly,
  'zone_events.show': contractorOnly,
  'zone_claims.create': contractorOnly,
  'zone_claims.store': contractorOnly,
  'zone_imports.create': contractorOnly,
  'zone_imports.store': contractorOnly,
  'zone_import_plans.store': contractorOnly,
  'zone_changes.index': contractorOnly,
  'zone_changes.show': contractorOnly,
  'zone_undos.store': contractorOnly,
  'zone_signings.edit': contractorOnly,
  'zone_signings.update': contractorOnly,
  'zone_deletions.create': contractorOnly,
  'zone_deletions.store': contractorOnly,
  'suspensions.create': contractorOnly,
  'suspensions.store': contractorOnly,
  'suspensions.destroy': contractorOnly,
  'mailboxes.index': managers,
  'mailboxes.create': managers,
  'mailboxes.store': managers,
  'mailboxes.show': everybody,
  'mailboxes.edit': managers,
  'mailboxes.update': managers,
  'mailbox_deletions.create': managers,
  'mailbox_deletions.store': managers,
  'bulk_mailbox_deletions.create': managers,
  'bulk_mailbox_deletions.store': managers,
  'descriptions.edit': everybody,
  'descriptions.update': everybody,
  'restrictions.index': managers,
  'restrictions.edit': managers,
  'restrictions.update': managers,
  'virus_warnings.edit': everybody,
  'virus_warnings.update': everybody,
  'spam_checks.edit': everybody,
  'spam_checks.update': everybody,
  'allowed_senders.edit': everybody,
  'allowed_senders.update': everybody,
  'rejected_senders.edit': everybody,
  'rejected_senders.update': everybody,
  'forwards.edit': everybody,
  'forwards.update': everybody,
  'user_scripts.edit': everybody,
  'user_scripts.update': everybody,
  'ftp_rights.edit': managers,
  'ftp_rights.update': managers,
  'vacations.edit': everybody,
  'vacations.update': everybody,
  'sending_unlocks.store': managers,
  'basic_dns.show': managers,
  'basic_dns_events.show': managers,
  'domain_zones.store': contractorOnly,
  'domain_zones.edit': contractorOnly,
  'domain_zones.destroy': contractorOnly,
  'basic_dns.edit': contractorOnly,
  'basic_dns.update': contractorOnly,
  'delegations.show': managers,
  'domain_webs.show': managers,
  'content_backups.index': managers,
  'content_backup_entries.index': managers,
  'content_restores.store': managers,
  'content_restores.show': managers,
  'content_restore_events.show': managers,
  'content_restore_confirmations.store': managers,
  'stagings.show': managers,
  'staging_sides.show': managers,
  'staging_swaps.create': managers,
  'staging_swaps.store': managers,
  'staging_changes.index': managers,
  'staging_changes.show': managers,
  'staging_change_events.show': managers,
  'staging_publications.create': managers,
  'staging_publications.store': managers,
  'staging_withdrawals.create': managers,
  'staging_withdrawals.store': managers,
  'staging_refreshes.create': managers,
  'staging_refreshes.store': managers,
  'staging_restores.create': managers,
  'staging_restores.store': managers,
  'staging_generation_deletions.create': managers,
  'staging_generation_deletions.store': managers,
  'staging_settings.edit': managers,
  'staging_settings.update': managers,
  'wafs.show': managers,
  'wafs.edit': managers,
  'wafs.update': managers,
  'waf_exceptions.index': managers,
  'waf_exceptions.create': managers,
  'waf_exceptions.store': managers,
  'waf_exceptions.destroy': managers,
  'tamper_watches.show': managers,
  'tamper_watches.edit': managers,
  'tamper_watches.update': managers,
  'tamper_looks.index': managers,
  'tamper_looks.show': managers,
  'tamper_looks.store': managers,
  'tamper_look_events.show': managers,
  'tamper_baselines.store': managers,
  'content_syncs.index': contractorOnly,
  'content_syncs.create': contractorOnly,
  'content_syncs.store': contractorOnly,
  'content_syncs.show': contractorOnly,
  'content_sync_events.show': contractorOnly,
  'content_sync_schedules.edit': contractorOnly,
  'content_sync_schedules.update': contractorOnly,
  'content_sync_schedules.destroy': contractorOnly,
  'web_logs.index': managers,
  'web_logs.show': managers,
  'log_retentions.edit': managers,
  'log_retentions.update': managers,
  'log_tails.show': managers,
  'log_searches.index': managers,
  'php_versions.edit': managers,
  'php_versions.update': managers,
  'php_settings.edit': managers,
  'php_settings.update': managers,
  'own_php_inis.show': managers,
  'php_reloads.store': managers,
  'error_pages.edit': managers,
  'error_pages.update': managers,
  'htaccess_directives.index': managers,
  'php_switches.create': contractorOnly,
  'php_switches.store': contractorOnly,
  'databases.index': managers,
  'databases.create': managers,
  'databases.store': managers,
  'databases.show': managers,
  'databases.edit': managers,
  'databases.update': managers,
  'database_sizes.index': managers,
  'database_deletions.create': managers,
  'database_deletions.store': managers,
  'database_dumps.show': managers,
  'database_imports.create': managers,
  'database_imports.store': managers,
  'database_copies.create': managers,
  'database_copies.store': managers,
  'database_users.create': managers,
  'database_users.store': managers,
  'database_users.edit': managers,
  'database_users.update': managers,
  'database_passwords.create': managers,
  'database_passwords.store': managers,
  'database_passwords.show': managers,
  'database_user_deletions.create': managers,
  'database_user_deletions.store': managers,
  'backup_restores.create': managers,
  'backup_restores.store': managers,
  'backup_restores.show': managers,
  'access_reports.show': managers,
  'access_reports.store': managers,
  'access_report_pages.show': managers,
  'certificates.index': managers,
  'certificates.create': managers,
  'certificates.store': managers,
  'certificates.show': managers,
  'certificates.update': managers,
  'certificate_deletions.create': managers,
  'certificate_deletions.store': managers,
  'certificate_uses.store': managers,
  'certificate_stops.create': managers,
  'certificate_stops.store': managers,
  'certificate_requests.create': managers,
  'certificate_requests.store': managers,
  'automatic_certificates.create': managers,
  'automatic_certificates.store': managers,
  'https_settings.edit': managers,
  'https_settings.update': managers,
  'domain_mails.show': managers,
  'mail_records.index': managers,
  'out_mx.edit': managers,
  'out_mx.update': managers,
  'domain_allowed_senders.edit': managers,
  'domain_allowed_senders.update': managers,
  'sending_limits.edit': managers,
  'sending_limits.update': managers,
  'program_sendings.show': managers,
  'program_sending_unlocks.store': managers,
  'dkim_keys.create': managers,
  'dkim_keys.store': managers,
  'dkim_keys.destroy': managers,
  'dkim_key_deletions.create': managers,
  'mta_sts_policies.edit': managers,
  'mta_sts_policies.update': managers,
  'mailbox_usages.index': managers,
  'mailbox_usages.show': everybody,
  'domain_usages.show': managers,
  'mail_searches.index': managers,
  'mailbox_mail_searches.index': everybody,
  'junk_mails.index': everybody,
  'junk_mail_releases.store': everybody,
  'junk_mail_deletions.store': everybody,
  'client_setups.show': everybody,
  'client_profiles.show': everybody,
  'imports.index': managers,
  'imports.create': managers,
  'imports.store': managers,
  'imports.show': managers,
  'import_changes.index': managers,
  'import_confirmations.store': managers,
  'import_events.show': managers,
  'import_mistakes.index': managers,
  'sheets.show': managers,
  'sheet_templates.show': managers,
  'mailing_lists.index': managers,
  'mailing_lists.create': managers,
  'mailing_lists.store': managers,
  'mailing_lists.show': managers,
  'mailing_lists.edit': managers,
  'mailing_lists.update': managers,
  'mailing_list_deletions.create': managers,
  'mailing_list_deletions.store': managers,
  'mailing_list_members.index': managers,
  'mailing_list_members.create': managers,
  'mailing_list_members.store': managers,
  'mailing_list_member_removals.create': managers,
  'mailing_list_member_removals.store': managers,
  'mailing_list_mail_changes.show': managers,
  'waiting_posts.index': managers,
  'waiting_posts.show': managers,
  'waiting_post_releases.store': managers,
  'waiting_post_counts.show': managers,
  'waiting_post_rejections.create': managers,
  'waiting_post_rejections.store': managers,
  'archived_posts.index': managers,
  'archived_posts.show': managers,
  'applies.show': contractorOnly,
  'apply_events.show': contractorOnly,
}

const visitors = [
  ...['session.create', 'session.store', 'staff.session.create', 'staff.session.store'],
  ...['password_invitations.index', 'password_invitations.edit', 'password_invitations.update'],
]

const routes = () => Object.values(router.toJSON()).flat()

/** The ids of one tenant's records, under the names that routes give them. */
async function idsOf({ server, domain, mailbox }: Tenant) {
  const startedAt = DateTime.utc()
  const run = await Run.create({
    serverId: server.id,
    reason: '',
    scope: 'all',
    state: 'done',
    startedAt,
  })
  const list = await MailingList.create({ domainId: domain.id, localPart: 'news' })
  const database = await Database.create(databaseRow(domain))
  const databaseUser = await DatabaseUser.create(databaseUserRow(domain))
  const apply = await Task.enqueue({ kind: 'converge_server', serverId: server.id })
  const { domain: waiting } = await makeDomain(server)
  const deletion = await makeDeletion(waiting)
  const claim = await makeNameClaim(server, 'xn--wgv71a119e.jp')
  const certificate = await makeCertificate(domain)
  const bulk = await Import.create(importRow(domain))
  const change = await StagingChange.create({
    domainId: domain.id,
    kind: 'swap',
    state: 'done',
    madeBy: 'admin',
  })
  const exception = await WafException.create({
    domainId: domain.id,
    rule: 942100,
    createdBy: 'admin',
  })
  const look = await TamperLook.create({ domainId: domain.id, kind: 'hand', state: 'done' })
  const ids = { contractId: server.contractId, changeId: change.id }
  const sync = await ContentSync.create({
    ...ids,
    sourceDomainId: waiting.id,
    targetDomainId: domain.id,
  })
  const returned = await makeRestore(domain)
  const backupHost = await makeBackupHost()
  const machine = await makePhysicalMachine()
  const backupTarget = await makeBackupTarget()
  const generation = await StagingGeneration.create({ domainId: domain.id, state: 'kept' })
  const restore = await ContentRestore.create({
    domainId: domain.id,
    state: 'looked',
    madeBy: 'admin',
    chosen: '[]',
    deletes: false,
  })
  const zone = await makeZone(server)
  const order = await makeOrder(domain)
  const { id: staffId } = await makeStaff()
  const shown = { orderId: order.id, isInternal: false, staffId }
  const paper = await OrderFile.create({ ...shown, name: 'paper.pdf', bytes: 4 })
  await OrderFileContent.create({ orderFileId: paper.id, content: Buffer.from('%PDF') })
  const statement = await makeStatement(await Contract.findOrFail(server.contractId))
  const inquiry = await Inquiry.create({
    ...{ contractId: server.contractId, domainId: domain.id, askedBy: 'admin' },
    ...{ replyTo: 'a@example.jp', subject: 'help', body: 'help' },
  })
  const announcement = await makeAnnouncement(server.contractId)
  const payment = await PaymentChange.create({
    ...{ contractId: server.contractId, openContractId: server.contractId },
    ...{ method: 'direct_debit', requestedBy: 'admin' },
  })
  return {
    inquiries: inquiry.id,
    inquiry_id: inquiry.id,
    payment_change_id: payment.id,
    order_files: 1,
    files: paper.id,
    closing_days: 1,
    orders: order.id,
    order_id: order.id,
    contracts: server.contractId,
    contract_id: server.contractId,
    address_pool_id: server.computeNodeId,
    address_pools: server.computeNodeId,
    password_invitations: 1,
    customer_views: 1,
    announcements: announcement.id,
    announcement_id: announcement.id,
    welcome: 'bcdfg-hjkmn-pqrst-vwxz2',
    token: 'bcdfg-hjkmn-pqrst-vwxz2',
    restore_id: restore.id,
    zone_id: zone.id,
    zones: zone.id,
    ...(await changeOf(zone)),
    server_id: server.id,
    change_id: change.id,
    look_id: look.id,
    content_sync_id: sync.id,
    backup_id: returned.backupId,
    backups: returned.backupId,
    backup_restores: returned.id,
    backup_hosts: backupHost.id,
    backup_target_id: backupTarget.id,
    backup_targets: backupTarget.id,
    server_rebuilds: 1,
    physical_machines: machine.id,
    compute_nodes: server.computeNodeId,
    compute_node_id: server.computeNodeId,
    physical_machine_id: machine.id,
    generation_id: generation.id,
    import_id: bulk.id,
    imports: bulk.id,
    statements: statement.id,
    invoices: statement.invoice.id,
    ...(await billingIds(server.contractId)),
    certificate_id: certificate.id,
    sheet: 'additions',
    domain_id: domain.id,
    mailbox_id: mailbox.id,
    apply_id: apply.id,
    tasks: apply.id,
    task_id: apply.id,
    database_id: database.id,
    databases: database.id,
    database_user_id: databaseUser.id,
    database_users: databaseUser.id,
    feature: 'forwarding',
    port: '80',
    file: 'access.log',
    page: 'index',
    mailing_list_id: list.id,
    mailing_lists: list.id,
    post: 1,
    servers: server.id,
    domains: domain.id,
    mailboxes: mailbox.id,
    applies: apply.id,
    domain_deletions: deletion.id,
    name_claim_id: claim.id,
    name_claims: claim.id,
    runs: run.id,
    exceptions: exception.id,
  }
}

async function billingIds(contractId: number) {
  const closing = await MonthClosing.firstOrFail()
  const price = await Price.firstOrFail()
  const fee = await Fee.findByOrFail({ contractId })
  const quotes = { fee_quotes: fee.id, one_time_fee_quotes: 1 }
  return { ...quotes, prices: price.id, month_closing_id: closing.id }
}

async function changeOf(zone: Zone) {
  const change = await zone.related('changes').query().firstOrFail()
  return { zone_change_id: change.id, changes: change.id }
}

function pathOf(pattern: string, ids: Record<string, number | string>) {
  return pattern.replace(/(\w+)\/:(\w+)/g, (_, noun, name) => {
    return `${noun}/${name === 'id' ? ids[noun] : ids[name]}`
  })
}

function ask(client: ApiClient, method: string, path: string) {
  if (method === 'GET' || method === 'HEAD') return client.get(path).redirects(0).withCsrfToken()
  const query = ['PUT', 'DELETE'].includes(method) ? `?_method=${method}` : ''
  return client.post(`${path}${query}`).redirects(0).withCsrfToken().form({})
}

function targetOf(response: ApiResponse) {
  return (response.header('location') ?? '').replace(/\?.*/, '')
}

function isIn(response: ApiResponse) {
  return response.status() < 400 && !targetOf(response).endsWith('/sign_in')
}

test.group('Access', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('REL-04: every route is listed with who may use it', ({ assert }) => {
    const listed = [...Object.keys(customers), ...visitors]
    const missing = routes()
      .map(({ name }) => String(name))
      .filter((name) => !listed.includes(name) && !name.startsWith('staff.'))
    assert.deepEqual(missing, [])
  })

  for (const role of everybody) {
    // Tenants of their own for each route: the more routes, the longer
    test(`REL-04: ${role} uses exactly the routes of his role on his own records`, async ({
      assert,
      client,
    }) => {
      for (const [name, allowed] of Object.entries(customers)) {
        if (name === 'session.destroy' || name.endsWith('_events.show')) continue
        const tenant = await makeTenant()
        const route = routes().find((each) => each.name === name)!
        const path = pathOf(route.pattern, await idsOf(tenant))
        const response = await ask(client, route.methods[0], path).loginAs(tenant[role] as Account)
        assert.equal(isIn(response), allowed.includes(role), `${role} ${name} ${response.status()}`)
      }
    }).timeout(120_000)

    test(`REL-04: ${role} finds no record of another customer`, async ({ assert, client }) => {
      const other = await makeTenant()
      const ids = await idsOf(other)
      const tenant = await makeTenant()
      for (const name of Object.keys(customers)) {
        const route = routes().find((each) => each.name === name)!
        if (!route.pattern.includes(':')) continue
        const path = pathOf(route.pattern, ids)
        const response = await ask(client, route.methods[0], path).loginAs(tenant[role] as Account)
        assert.equal(response.status(), 404, `${role} ${name}`)
      }
    })
  }

  test('REL-04: an unknown record answers as a foreign one', async ({ assert, client }) => {
    const { contractor } = await makeTenant()
    const other = await makeTenant()
    const unknown = await client.get('/domains/999999999').loginAs(contractor)
    const foreign = await client.get(`/domains/${other.domain.id}`).loginAs(contractor)
    assert.equal(unknown.status(), foreign.status())
    assert.equal(withoutChanging(unknown.text()), withoutChanging(foreign.text()))
  })

  test('PNL-01: a guest is sent to the sign-in page from every route', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const ids = await idsOf(tenant)
    for (const route of routes()) {
      if (visitors.includes(String(route.name))) continue
      const area = String(route.name).startsWith('staff.') ? '/staff/sign_in' : '/sign_in'
      const response = await ask(client, route.methods[0], pathOf(route.pattern, ids))
      assert.equal(response.status(), 302, String(route.name))
      assert.equal(targetOf(response), area, String(route.name))
    }
  })

  test('REL-04: no customer comes through the door of staff, and staff not through theirs', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const ids = await idsOf(tenant)
    const staff = await makeStaff()
    for (const route of routes()) {
      if (visitors.includes(String(route.name))) continue
      const isStaffs = String(route.name).startsWith('staff.')
      const request = ask(client, route.methods[0], pathOf(route.pattern, ids))
      const response = isStaffs
        ? await request.loginAs(tenant.contractor)
        : await request.withGuard('staff').loginAs(staff)
      const door = isStaffs ? '/staff/sign_in' : '/sign_in'
      assert.equal(targetOf(response), door, String(route.name))
    }
  })

  test('security.md: no writing route does anything without the CSRF token', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const ids = await idsOf(tenant)
    for (const route of routes().filter(({ methods }) => !methods.includes('GET'))) {
      const path = pathOf(route.pattern, ids)
      const query = route.methods[0] === 'POST' ? '' : `?_method=${route.methods[0]}`
      const response = await client
        .post(`${path}${query}`)
        .redirects(0)
        .form({ name: tenant.domain.name })
        .loginAs(tenant.contractor)
      assert.property(response.flashMessage('errorsBag') ?? {}, 'E_BAD_CSRF_TOKEN', route.pattern)
    }
    await tenant.domain.refresh()
    assert.isNull(tenant.domain.deletedAt)
  })
})

const withoutChanging = (page: string) => page.replace(/nonce-\w+|[0-9a-f-]{36}/g, '')
