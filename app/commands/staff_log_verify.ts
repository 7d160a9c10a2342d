import { BaseCommand, flags } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'

/** OPS-07: whether the staff's log is what was written. Exit status 1 when it isn't. */
export default class StaffLogVerify extends BaseCommand {
  static commandName = 'staff_log:verify'
  static description = 'スタッフの操作の記録が、書かれたままかどうかを確かめます'
  static options: CommandOptions = { startApp: true }

  @flags.boolean({ description: '結果を JSON で出します' })
  declare json: boolean

  async run() {
    const { verifyChain } = await import('#models/staff_log/chain')
    const report = await verifyChain()
    this.exitCode = report.brokenAt === null ? 0 : 1
    if (this.json) return this.logger.log(JSON.stringify(report))
    if (report.brokenAt === null) {
      return this.logger.success(`${report.lines}行すべて、書かれたままです（末尾 ${report.hash}）`)
    }
    this.logger.error(`${report.brokenAt}行目から先が、書かれたものと違います`)
  }
}
