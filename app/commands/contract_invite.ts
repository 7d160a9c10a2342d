import { BaseCommand, args, flags } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'
import { contractNamed } from '#commands/_contract_named'
import { told } from '#commands/_told'

/** OPS-07: for a contractor who has no password yet, or has forgotten it; who asks is to be known before. */
export default class ContractInvite extends BaseCommand {
  static commandName = 'contract:invite'
  static description =
    '契約者がパスワードを決めるためのリンクを作ります（前のリンクは使えなくなります）'
  static options: CommandOptions = { startApp: true }

  @args.string({ description: '契約ID (例 c000001)' })
  declare contract: string

  @flags.boolean({ description: 'メールを送らず、リンクを表示します（書面にするとき）' })
  declare letter: boolean

  @flags.boolean({ description: '結果を JSON で出します' })
  declare json: boolean

  async run() {
    const { Refusal } = await import('#exceptions/refusals')
    const { invite } = await import('#commands/_invitation')
    await told(this, async () => {
      const contract = await contractNamed(this.contract)
      if (!this.letter && !contract.noticeAddress) {
        throw new Refusal('command_contract_has_no_address')
      }
      return invite(contract, this.letter)
    })
  }
}
