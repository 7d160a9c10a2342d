import db from '@adonisjs/lucid/services/db'
import type { BillingCode } from '#billing/codes'
import { Day } from '#calendar/day'
import Fee from '#models/fee'
import Price from '#models/price'
import type Server from '#models/server'

const validFrom = '2026-01-01'

/** For trying things out; every provider has his own. What is not here is quoted to each customer. */
const examples: readonly (readonly [BillingCode, number])[] = [
  ['plan.A', 9_800],
  ['plan.B', 19_800],
  ['plan.C', 34_800],
  ['plan.D', 49_800],
  ['plan.E', 64_800],
  ['plan.SAS', 69_800],
  ['plan.SSD', 79_800],
  ['plan.A.initial', 10_000],
  ['plan.B.initial', 10_000],
  ['plan.C.initial', 10_000],
  ['plan.D.initial', 10_000],
  ['plan.E.initial', 10_000],
  ['plan.SAS.initial', 50_000],
  ['plan.SSD.initial', 50_000],
  ['plan_change', 0],
  ['disk.100gb', 3_000],
  ['disk.work', 5_000],
  ['global_ip', 1_000],
  ['global_ip.initial', 5_000],
  ['domain.jp_attribute', 8_000],
  ['domain.gtld', 4_000],
  ['domain.jp_general', 4_500],
  ['domain.registration', 5_000],
  ['domain.transfer', 3_000],
  ['dns_change', 3_000],
  ['ssl.setup', 12_000],
  ['ssl.quick', 38_000],
  ['ssl.secom', 60_000],
  ['ssl.secom_ev', 150_000],
  ['webmail', 200],
  ['cybozu.install', 30_000],
  ['cybozu.version_up', 30_000],
  ['cybozu.estimate', 10_000],
  ['cybozu.uninstall', 10_000],
  ['access_analysis', 3_000],
  ['load_balancer', 30_000],
  ['load_balancer.initial', 30_000],
  ['dns_service.zone', 500],
  ['mail_archive', 9_800],
  ['waf', 4_980],
  ['firewall', 80_000],
  ['firewall.initial', 100_000],
]

/** Only into an empty price list. */
export async function ensurePrices() {
  if (await Price.first()) return
  const rows = examples.map(([code, yen]) => ({ code, yen, validFrom, taxPercent: 10 }))
  await Price.createMany(rows)
}

/** Of a server that nobody ordered. */
export async function ensureServerFee(server: Server) {
  if (await Fee.findBy('serverId', server.id)) return
  const code = `plan.${server.plan}` as BillingCode
  const from = Day.at(server.createdAt.toJSDate())
  const wish = { contractId: server.contractId, serverId: server.id, code, from }
  await db.transaction((client) => Fee.begin(wish, client))
}
