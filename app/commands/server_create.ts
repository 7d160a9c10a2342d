import { randomUUID } from 'node:crypto'
import { BaseCommand, args, flags } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'
import { told } from '#commands/_told'

/** SRV-01, ORD-02: a further virtual-dedicated server, by an order like any other, so that it is charged and told of. */
export default class ServerCreate extends BaseCommand {
  static commandName = 'server:create'
  static description = '契約に仮想専用サーバを追加します（申込として記録し、料金も始まります）'
  static options: CommandOptions = { startApp: true }

  @args.string({ description: '契約ID (例 c000001)' })
  declare contract: string

  @args.string({ description: 'プラン (A〜E)' })
  declare plan: string

  @flags.string({ description: 'サーバの説明' })
  declare description?: string

  @flags.boolean({ description: '結果を JSON で出します' })
  declare json: boolean

  async run() {
    const { Refusal } = await import('#exceptions/refusals')
    const { default: Contract } = await import('#models/contract')
    const { system } = await import('#models/order/author')
    const { virtualPlans } = await import('#orders/kinds/server_addition')
    const { place } = await import('#orders/placing')
    await told(this, async () => {
      const contract = await Contract.findBy('code', this.contract.trim().toLowerCase())
      if (!contract) throw new Refusal('command_contract_is_unknown')
      if (!virtualPlans.includes(this.plan)) throw new Refusal('command_plan_is_unknown')
      const { description = undefined, plan } = this
      const request = { contractId: contract.id, kind: 'server_addition', token: randomUUID() }
      const order = await place({ ...request, details: { plan, description } }, system)
      const facts = { contract: contract.code, plan, order: order.id, state: order.state }
      return { words: `申込 ${order.id} として受け付けました。まもなくサーバを作成します`, facts }
    })
  }
}
