import type { Figures } from '#tests/load/figures'
import type { Stage } from '#tests/load/stage'

export interface Bench {
  run(stage: Stage): Promise<Figures>
}

/** Something did not do what it should, so that a figure would mean nothing. The message says what. */
export class BenchFailure extends Error {}

/**
 * In the order in which they run: what a bench leaves on the managed server serves those after it.
 * `up` acts on the installation itself and `backup` takes 20 GB, so they run only when they are named.
 */
export const benches: Readonly<Record<string, () => Promise<{ default: Bench }>>> = {
  'server': () => import('#tests/load/benches/server'),
  'plan-change': () => import('#tests/load/benches/plan_change'),
  'converge-full': () => import('#tests/load/benches/converge_full'),
  'converge-again': () => import('#tests/load/benches/converge_again'),
  'domain': () => import('#tests/load/benches/domain'),
  'suspend': () => import('#tests/load/benches/suspend'),
  'php-switch': () => import('#tests/load/benches/php_switch'),
  'domain-whole': () => import('#tests/load/benches/domain_whole'),
  'staging-swap': () => import('#tests/load/benches/staging_swap'),
  'mailbox': () => import('#tests/load/benches/mailbox'),
  'mail-setting': () => import('#tests/load/benches/mail_setting'),
  'mail-flow': () => import('#tests/load/benches/mail_flow'),
  'csv-users': () => import('#tests/load/benches/csv_users'),
  'csv-settings': () => import('#tests/load/benches/csv_settings'),
  'pages': () => import('#tests/load/benches/pages'),
  'users-page': () => import('#tests/load/benches/users_page'),
  'list-members': () => import('#tests/load/benches/list_members'),
  'wordpress': () => import('#tests/load/benches/wordpress'),
  'waf': () => import('#tests/load/benches/waf'),
  'dns-record': () => import('#tests/load/benches/dns_record'),
  'orders-scale': () => import('#tests/load/benches/orders_scale'),
  'servers-scale': () => import('#tests/load/benches/servers_scale'),
  'staff-search': () => import('#tests/load/benches/staff_search'),
  'dns-scale': () => import('#tests/load/benches/dns_scale'),
  'statements': () => import('#tests/load/benches/statements'),
  'backup': () => import('#tests/load/benches/backup'),
  'up': () => import('#tests/load/benches/up'),
}

const onlyByName = ['backup', 'up']

/** The wanted benches in running order; rejects names that there are none of. */
export function chosenBenches(wanted: readonly string[]): string[] {
  const unknown = wanted.filter((name) => !(name in benches))
  if (unknown.length > 0) {
    throw new BenchFailure(
      `no bench ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}`
    )
  }
  return Object.keys(benches).filter((name) =>
    wanted.length > 0 ? wanted.includes(name) : !onlyByName.includes(name)
  )
}
