import { BaseCommand, args, flags } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'
import { contractNamed } from '#commands/_contract_named'
import { told } from '#commands/_told'

/** OPS-07: everything goes on as it was. */
export default class ContractResume extends BaseCommand {
  static commandName = 'contract:resume'
  static description = '停止した契約のご利用を再開します'
  static options: CommandOptions = { startApp: true }

  @args.string({ description: '契約ID (例 c000001)' })
  declare contract: string

  @flags.boolean({ description: '結果を JSON で出します' })
  declare json: boolean

  async run() {
    const { default: ContractSuspension } = await import('#models/contract_suspension')
    await told(this, async () => {
      const contract = await contractNamed(this.contract)
      await ContractSuspension.end(contract, { staff: null })
      const facts = { contract: contract.code, suspended: false }
      return { words: `契約 ${contract.code} のご利用を再開します`, facts }
    })
  }
}
