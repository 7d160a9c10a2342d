import { BaseCommand, args, flags } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'

/** PNL-07: the way back in for a contract that shut itself out. Exit status 1 for a contract that isn't there. */
export default class ContractOpen extends BaseCommand {
  static commandName = 'contract:open'
  static description =
    '契約のアクセス元制限を解除します（どこからでもログインできるようになります）'
  static options: CommandOptions = { startApp: true }

  @args.string({ description: '契約ID (例 c000001)' })
  declare name: string

  @flags.boolean({ description: '結果を JSON で出します' })
  declare json: boolean

  async run() {
    const { default: Contract } = await import('#models/contract')
    const { default: PanelRestriction } = await import('#models/panel_restriction')
    const contract = await Contract.findBy('code', this.name.trim().toLowerCase())
    if (!contract) return this.#refuse()
    const lifted = await PanelRestriction.lift(contract, { staff: null })
    if (this.json) return this.logger.log(JSON.stringify({ contract: contract.code, lifted }))
    if (lifted) this.logger.success(`契約 ${contract.code} のアクセス元制限を解除しました`)
    else this.logger.info(`契約 ${contract.code} には、アクセス元制限がありません`)
  }

  #refuse() {
    this.exitCode = 1
    if (this.json) return this.logger.log(JSON.stringify({ contract: null, lifted: false }))
    this.logger.error(`契約「${this.name}」は見つかりません`)
  }
}
