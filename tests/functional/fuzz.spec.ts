import testUtils from '@adonisjs/core/services/test_utils'
import limiter from '@adonisjs/limiter/services/main'
import { test } from '@japa/runner'
import fc from 'fast-check'
import { makeTenant, type Tenant } from '#database/factories/tenant'
import { errorStatuses } from '#models/domain/error_page'
import { phpSettings } from '#models/domain/php_setting'
import { webPorts } from '#models/domain/web_port'

/** Text as nobody means it, and values that are no text at all. */
const field = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 80 }),
  fc.constantFrom('on', 'off', 'strict', 'tag', 'a@b.jp', '2026-12-31', '100'),
  fc.constantFrom('', ' ', '\u0000', '-1', '1e309', 'NaN', 'null', '__proto__', '../'.repeat(40)),
  fc.integer().map(String),
  fc.domain(),
  fc.emailAddress()
)
const value = fc.oneof({ weight: 8, arbitrary: field }, { weight: 1, arbitrary: fc.array(field) })

type Form = [string, string[], (tenant: Tenant) => string]

const forms: Form[] = [
  ...['plan_change', 'disk_extension', 'server_cancellation'].map((kind): Form => [
    `orders/confirmation ${kind}`,
    ['plan', 'when', 'units', 'due_on', 'work_window'],
    ({ server }) => `/orders/confirmation?kind=${kind}&server_id=${server.id}`,
  ]),
  ...['domain_registration', 'load_balancer', 'webmail', 'cybozu_version_up'].map((kind): Form => [
    `orders.store ${kind}`,
    ['token', 'name', 'domains', 'servers', 'mailboxes', 'due_on', 'work_window', 'domain_id'],
    ({ domain }) => `/orders?kind=${kind}&domain_id=${domain.id}`,
  ]),
  ['zones.store', ['zone_name', 'kind', 'primaries'], () => '/zones'],
  [
    'domains.store',
    ['name', 'password', 'quota_mb'],
    ({ server }) => `/servers/${server.id}/domains`,
  ],
  [
    'contract_profiles.update',
    [
      ...['postal_code', 'postal_address', 'phone', 'person_name', 'person_department'],
      ...['person_mail', 'technical_name', 'technical_phone', 'technical_mail', 'billing_name'],
      ...['billing_postal_code', 'billing_address', 'billing_mail'],
    ],
    () => '/contract/profile?_method=PUT',
  ],
  [
    'panel_restrictions.update',
    ['sources', 'accepts_lock_out', 'loaded'],
    () => '/contract/panel_restriction?_method=PUT',
  ],
  ['payment_changes.store', ['payment_method'], () => '/contract/payment'],
  [
    'firewall_rules.update',
    ['sources', 'accepts_lock_out', 'loaded'],
    ({ server }) => `/servers/${server.id}/firewall/80?_method=PUT`,
  ],
  [
    'global_connections.update',
    ['connected'],
    ({ server }) => `/servers/${server.id}/global_connection?_method=PUT`,
  ],
  [
    'private_connections.update',
    ['connected'],
    ({ server }) => `/servers/${server.id}/private_connection?_method=PUT`,
  ],
  ['server_powers.store', ['power'], ({ server }) => `/servers/${server.id}/power`],
  [
    'server_descriptions.update',
    ['server_description'],
    ({ server }) => `/servers/${server.id}/description?_method=PUT`,
  ],
  [
    'inquiries.store',
    ['inquiry_subject', 'inquiry_body', 'contact_mail', 'inquiry_server'],
    () => '/inquiries',
  ],
  [
    'wafs.update',
    ['mode', 'level', 'program'],
    ({ domain }) => `/domains/${domain.id}/web/waf/settings?_method=PUT`,
  ],
  [
    'waf_exceptions.store',
    ['rule', 'scope', 'path'],
    ({ domain }) => `/domains/${domain.id}/web/waf/exceptions`,
  ],
  [
    'disk_quotas.update',
    ['quota_mb'],
    ({ domain }) => `/domains/${domain.id}/disk_quota?_method=PUT`,
  ],
  [
    'basic_dns.update',
    ['pattern', 'web', 'web_target', 'mail', 'mail_target', 'dns_primaries'],
    ({ domain }) => `/domains/${domain.id}/dns?_method=PUT`,
  ],
  [
    'mailboxes.store',
    ['local_part', 'password', 'description', 'quota_mb'],
    ({ domain }) => `/domains/${domain.id}/mailboxes`,
  ],
  [
    'mailboxes.update',
    ['password', 'description', 'quota_mb'],
    ({ mailbox }) => `/mailboxes/${mailbox.id}?_method=PUT`,
  ],
  ...[
    ['virus_warning', 'virus_warning'],
    ['spam_check', 'spam_check', 'spam_level', 'spam_action'],
    ['allowed_senders', 'senders', 'loaded'],
    ['rejected_senders', 'senders', 'loaded'],
    ['forwards', 'forwards', 'forward_keeps', 'loaded'],
    ['user_script', 'user_script'],
    ['description', 'description'],
    ['ftp_right', 'ftp_right'],
    [
      'vacation',
      'vacation',
      'vacation_subject',
      'vacation_text',
      'vacation_from',
      'vacation_until',
    ],
  ].map(([setting, ...fields]): Form => [
    `mailboxes/${setting}`,
    fields,
    ({ mailbox }) => `/mailboxes/${mailbox.id}/${setting}?_method=PUT`,
  ]),
  ...[
    ['out_mx', 'out_mx'],
    ['allowed_senders', 'senders', 'loaded'],
    ['sending_limits', 'sending_per_hour', 'sending_per_day'],
    ['mta_sts', 'mta_sts'],
  ].map(([setting, ...fields]): Form => [
    `domains/mail/${setting}`,
    fields,
    ({ domain }) => `/domains/${domain.id}/mail/${setting}?_method=PUT`,
  ]),
  ...[
    ['php', ...webPorts],
    ['php_ini', ...phpSettings.map(({ name }) => name.replaceAll('.', '__'))],
    ['error_pages', ...errorStatuses.map((status) => `page_${status}`)],
  ].map(([setting, ...fields]): Form => [
    `domains/web/${setting}`,
    fields,
    ({ domain }) => `/domains/${domain.id}/web/${setting}?_method=PUT`,
  ]),
  [
    'tamper_watches.update',
    ['tamper_watch', 'look_time', 'tamper_addresses', 'tamper_telling'],
    ({ domain }) => `/domains/${domain.id}/web/tamper/settings?_method=PUT`,
  ],
  [
    'tamper_baselines.store',
    ['look'],
    ({ domain }) => `/domains/${domain.id}/web/tamper/baselines`,
  ],
  [
    'php_switches.store',
    ['from', 'to', 'ports'],
    ({ server }) => `/servers/${server.id}/php_switches`,
  ],
  [
    'restrictions.update',
    ['restricted', 'exempt', 'loaded'],
    ({ domain }) => `/domains/${domain.id}/restrictions/forwarding?_method=PUT`,
  ],
  [
    'bulk_mailbox_deletions.store',
    ['mailboxes'],
    ({ domain }) => `/domains/${domain.id}/mailbox_deletions`,
  ],
  [
    'mailing_lists.store',
    [
      'local_part',
      'description',
      'posting',
      'moderation',
      'moderators',
      'members',
      'subject_prefix',
      'reply_to',
      'auto_subscription',
      'archive',
    ],
    ({ domain }) => `/domains/${domain.id}/mailing_lists`,
  ],
  [
    'ready_domains.store',
    ['label', 'suffix', 'password', 'quota_mb'],
    ({ server }) => `/servers/${server.id}/ready_domains`,
  ],
  [
    'content_restores.store',
    ['chosen', 'deletes'],
    ({ domain }) => `/domains/${domain.id}/backups/restores`,
  ],
  [
    'content_syncs.store',
    ['source_id', 'seen'],
    ({ domain }) => `/domains/${domain.id}/web/content_syncs`,
  ],
  [
    'content_sync_schedules.update',
    ['source_id', 'every_hours', 'at'],
    ({ domain }) => `/domains/${domain.id}/web/content_syncs/schedule?_method=PUT`,
  ],
  ['name_claims.store', ['name'], ({ server }) => `/servers/${server.id}/name_claims`],
  ['domain_deletions.store', ['name'], ({ domain }) => `/domains/${domain.id}/deletion`],
  ['domain_removals.store', ['name'], ({ domain }) => `/domains/${domain.id}/removal`],
  [
    'passwords.update',
    ['current_password', 'password', 'password_confirmation'],
    () => '/password?_method=PUT',
  ],
]

test.group('Fuzzed input', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())
  group.each.setup(() => limiter.clear())

  for (const [name, fields, pathOf] of forms) {
    test(`security.md: whatever is sent to ${name}, it is answered`, async ({ assert, client }) => {
      const tenant = await makeTenant()
      const path = pathOf(tenant)
      const inputs = fc.record(Object.fromEntries(fields.map((each) => [each, value])), {
        requiredKeys: [],
      })
      await fc.assert(
        fc.asyncProperty(inputs, async (input) => {
          const response = await client
            .post(path)
            .json(input)
            .accept('html')
            .loginAs(tenant.contractor)
            .withCsrfToken()
            .redirects(0)
          // What fits by chance is shown once more before it is ordered
          const fitting = name.startsWith('orders/confirmation') ? [200] : []
          assert.include([302, 404, ...fitting], response.status())
        }),
        { numRuns: 120 }
      )
    }).timeout(60_000)
  }

  test('security.md: whatever is asked of a list, it is answered', async ({ assert, client }) => {
    const { contractor, server, domain } = await makeTenant()
    const paths = [
      '/domains',
      '/domain_deletions',
      '/network_diagram',
      '/name_claims',
      `/servers/${server.id}`,
      `/domains/${domain.id}/mailboxes`,
      `/domains/${domain.id}/mailbox_deletions/create`,
      `/domains/${domain.id}/mailing_lists`,
    ]
    const query = fc.record(
      { q: value, page: value, sort: value, apply: value, mailboxes: value },
      { requiredKeys: [] }
    )
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), query, async (path, asked) => {
        const response = await client.get(path).qs(asked).loginAs(contractor)
        assert.equal(response.status(), 200)
      }),
      { numRuns: 150 }
    )
  }).timeout(60_000)

  test('security.md: whatever is tried at the sign-in page, it is answered', async ({
    assert,
    client,
  }) => {
    const input = fc.record({ login: value, password: value }, { requiredKeys: [] })
    await fc.assert(
      fc.asyncProperty(input, async (typed) => {
        const response = await client
          .post('/sign_in')
          .json(typed)
          .accept('html')
          .withCsrfToken()
          .redirects(0)
        assert.include([302, 429], response.status())
      }),
      { numRuns: 100 }
    )
  }).timeout(60_000)
})
