import { BaseCommand, args, flags } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'
import { told } from '#commands/_told'

/** OPS-07: a new customer. Nobody chooses a password for him: `--letter` prints the link, otherwise it is mailed. */
export default class ContractCreate extends BaseCommand {
  static commandName = 'contract:create'
  static description = '契約を追加し、パスワードを決めるためのリンクを担当者にメールで送ります'
  static options: CommandOptions = { startApp: true }

  @args.string({ description: '契約者名' })
  declare name: string

  @args.string({ description: 'ご担当者のメールアドレス' })
  declare mail: string

  @flags.boolean({ description: 'メールを送らず、リンクを表示します（書面にするとき）' })
  declare letter: boolean

  @flags.boolean({ description: '結果を JSON で出します' })
  declare json: boolean

  async run() {
    const { Refusal } = await import('#exceptions/refusals')
    const { default: Contract } = await import('#models/contract')
    const { readProfile } = await import('#models/contract_profile/readings')
    const { staffContract } = await import('#validators/contract')
    const { invite } = await import('#commands/_invitation')
    await told(this, async () => {
      const typed = { contract_name: this.name, person_mail: this.mail }
      const [wrong, read] = await staffContract.tryValidate(typed)
      if (wrong) throw new Refusal('command_contract_is_wrong')
      const customer = { name: read.contract_name, profile: readProfile(read) }
      const contract = await Contract.open(customer, { staff: null })
      const { words, facts } = await invite(contract, this.letter)
      return { words: `契約 ${contract.code} を追加しました。${words}`, facts }
    })
  }
}
