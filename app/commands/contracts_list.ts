import { BaseCommand, flags } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'

/** OPS-07: a page of what staff see at /staff/contracts. */
export default class ContractsList extends BaseCommand {
  static commandName = 'contracts:list'
  static description = '契約の一覧を出します（20件ずつ）'
  static options: CommandOptions = { startApp: true }

  @flags.string({ description: '契約IDか契約者名の一部' })
  declare search?: string

  @flags.number({ description: 'ページ' })
  declare page?: number

  @flags.boolean({ description: '結果を JSON で出します' })
  declare json: boolean

  async run() {
    const { contractRows } = await import('#models/contract/listing')
    const wanted = { q: this.search ?? '', page: Math.max(1, Math.trunc(this.page ?? 1)) }
    const { rows, total, page, lastPage } = await contractRows(wanted)
    const contracts = rows.map(({ code, name, servers, suspended_at: suspendedAt }) => {
      return { contract: code, name, servers: Number(servers), suspended: suspendedAt !== null }
    })
    if (this.json) return this.logger.log(JSON.stringify({ contracts, total, page, lastPage }))
    for (const { contract, name, servers, suspended } of contracts) {
      this.logger.log(`${contract}  ${servers}台  ${name}${suspended ? '（停止中）' : ''}`)
    }
    this.logger.log(`${total}件（${page}/${lastPage}）`)
  }
}
