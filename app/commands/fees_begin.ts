import { BaseCommand, flags } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'

/** ORD-07: what was there before there were prices is paid for from a day on. */
export default class FeesBegin extends BaseCommand {
  static commandName = 'fees:begin'
  static description = '料金がまだ始まっていないサーバの、プランの料金を始めます'
  static options: CommandOptions = { startApp: true }

  @flags.string({ description: '料金を始める日 (例 2026-12-01)。省略すると今日' })
  declare from?: string

  @flags.boolean({ description: '対象を表示するだけで、料金は始めません' })
  declare dryRun?: boolean

  async run() {
    const { chargeServer, unchargedServers } = await import('#models/fee/missing')
    const { Day } = await import('#calendar/day')
    const from = readDay(this.from, Day)
    if (!from) {
      this.logger.error('--from は「2026-12-01」のように指定してください')
      this.exitCode = 1
      return
    }
    const servers = await unchargedServers()
    if (servers.length === 0) this.logger.log('料金が始まっていないサーバはありません')
    for (const server of servers) {
      const { contractCode, name, plan } = server
      const begun = this.dryRun ? null : await chargeServer(server, from)
      const done = begun ? `${from} から` : begun === null ? '未課金' : '対象外'
      this.logger.log(`${contractCode}  ${name}  プラン${plan}  ${done}`)
    }
  }
}

/** Null for what is no day; today where nothing was said. */
function readDay(typed: string | undefined, { at, of }: typeof import('#calendar/day').Day) {
  if (typed === undefined) return at(new Date())
  try {
    return of(typed)
  } catch {
    return null
  }
}
