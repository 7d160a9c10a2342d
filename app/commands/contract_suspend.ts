import { BaseCommand, args, flags } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'
import { contractNamed } from '#commands/_contract_named'
import { told } from '#commands/_told'

/** OPS-07: what stops and what doesn't is in docs/customers.md. */
export default class ContractSuspend extends BaseCommand {
  static commandName = 'contract:suspend'
  static description = '契約のご利用を停止します（サイト・メール・ログイン。データは残ります）'
  static options: CommandOptions = { startApp: true }

  @args.string({ description: '契約ID (例 c000001)' })
  declare contract: string

  @args.string({ description: '停止する理由（スタッフだけが見ます）' })
  declare reason: string

  @flags.boolean({ description: '結果を JSON で出します' })
  declare json: boolean

  async run() {
    const { Refusal } = await import('#exceptions/refusals')
    const { default: ContractSuspension } = await import('#models/contract_suspension')
    const { contractSuspension } = await import('#validators/contract')
    await told(this, async () => {
      const contract = await contractNamed(this.contract)
      const [wrong, typed] = await contractSuspension.tryValidate({
        suspension_reason: this.reason,
      })
      if (wrong) throw new Refusal('command_reason_is_wrong')
      await ContractSuspension.begin(contract, typed.suspension_reason, { staff: null })
      const facts = { contract: contract.code, suspended: true }
      return { words: `契約 ${contract.code} のご利用を停止します`, facts }
    })
  }
}
