import { args, BaseCommand, flags } from '@adonisjs/core/ace'

export default class Bench extends BaseCommand {
  static commandName = 'bench'
  static description = '速さを測ります。名前を付けなければ up 以外の全部を測ります'

  @args.spread({
    description:
      'server, converge-full, converge-again, domain, suspend, mailbox, csv-users, csv-settings, pages, users-page, dns-record, dns-scale, statements, up',
    required: false,
  })
  declare names?: string[]

  @flags.boolean({ description: '表の代わりに JSON を 1 行ずつ出します' })
  declare json: boolean

  @flags.boolean({ description: 'up: 新しい写しでの初回の起動も測ります' })
  declare fresh: boolean

  /** The application itself is started by the benches, on a database of their own. */
  async run() {
    const { runBenches } = await import('#tests/load/run')
    const options = { json: this.json ?? false, fresh: this.fresh ?? false }
    this.exitCode = await runBenches(this.names ?? [], options)
  }
}
