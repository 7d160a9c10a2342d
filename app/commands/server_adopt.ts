import { BaseCommand, args, flags } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'
import { told } from '#commands/_told'
import type PhysicalMachine from '#models/physical_machine'

/**
 * SRV-02: an existing Debian machine: registered, looked at and, with the key that somebody has read at its console, taken into
 * stock; with a contract it becomes that one's server at once. Exit status 1 while it can't be taken.
 */
export default class ServerAdopt extends BaseCommand {
  static commandName = 'server:adopt'
  static description = '既存の Debian の機器を登録し、在庫または契約のサーバにします'
  static options: CommandOptions = { startApp: true }

  @args.string({ description: '機器の名前' })
  declare name: string

  @flags.string({ description: 'IPアドレス' })
  declare address?: string

  @flags.string({ description: 'プラン (SSD か SAS)。既定は SSD' })
  declare plan?: string

  @flags.string({ description: 'ホスト鍵。例: "ssh-ed25519 AAAA…"' })
  declare hostKey?: string

  @flags.boolean({ description: 'プランより小さくても在庫にします' })
  declare acceptLess: boolean

  @flags.string({ description: 'この契約のサーバにします (申込を通さず、料金は始まりません)' })
  declare contract?: string

  @flags.boolean({ description: '結果を JSON で出します' })
  declare json: boolean

  async run() {
    await told(this, async () => {
      const machine = await this.#registered()
      if (machine.state === 'registered') await this.#look(machine)
      if (machine.state === 'fit' && machine.hostKey)
        await machine.confirm(String(machine.fingerprint), this.acceptLess)
      await machine.refresh()
      const server = this.contract ? await this.#assign(machine, this.contract) : null
      await machine.refresh()
      const isTaken = machine.state === 'stock' || machine.state === 'assigned'
      this.exitCode = isTaken ? 0 : 1
      const { wayIn } = await import('#models/physical_machine/way_in')
      const { state, fingerprint, complaints: problems } = machine
      const facts = { machine: machine.name, state, fingerprint, problems, server }
      const help = isTaken ? '' : `\n機器の root で、次の1行を実行してください:\n${await wayIn()}`
      const codes = problems.map(({ code }) => code).join('、')
      return { words: `${machine.name}: ${state} ${fingerprint ?? ''} ${codes}${help}`, facts }
    })
  }

  /** Called again, it goes on with the machine of that name. */
  async #registered(): Promise<PhysicalMachine> {
    const { default: Machine } = await import('#models/physical_machine')
    const { machineFacts } = await import('#validators/physical_machine')
    const known = await Machine.findBy('name', this.name)
    if (!known) return Machine.register(await machineFacts(this))
    if (known.state === 'unfit' || known.state === 'used') await known.requestLook()
    return known
  }

  async #look(machine: PhysicalMachine) {
    const { lookAt } = await import('#jobs/look_at_machine')
    await lookAt(machine, async (text) => this.logger.debug(text))
    await machine.refresh()
  }

  async #assign(machine: PhysicalMachine, code: string): Promise<string> {
    const { Refusal } = await import('#exceptions/refusals')
    const { default: Contract } = await import('#models/contract')
    const { assignToContract } = await import('#models/physical_machine/assignment')
    const contract = await Contract.findBy('code', code.trim().toLowerCase())
    if (!contract) throw new Refusal('command_contract_is_unknown')
    const server = await assignToContract(machine.id, { contractId: contract.id })
    return server.name
  }
}
