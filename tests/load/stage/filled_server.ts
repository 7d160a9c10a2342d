import { BenchFailure } from '#tests/load/bench'
import { ImapClient } from '#tests/load/clients/imap_client'
import type { Further } from '#tests/load/figures'
import type { Stage } from '#tests/load/stage'
import { domainName, fillServer, localPart } from '#tests/load/stage/contents'
import type { ManagedServer } from '#tests/load/stage/managed_server'
import type { PanelClient } from '#tests/load/clients/panel_client'

/** What a server holds at most (DOM-01), and what the benches speak of. */
const domains = 200
const mailboxesEach = 50

export interface Converge {
  readonly ms: number
  readonly figures: Further
}

/** A managed server with 200 domains of 50 mailboxes each, all of them on the machine. */
export class FilledServer {
  private constructor(
    readonly server: ManagedServer,
    readonly domainIds: number[],
    readonly staff: PanelClient,
    readonly customer: PanelClient
  ) {}

  /** The converge that brought everything to the empty server. */
  declare first: Converge

  static async fill(server: ManagedServer, { say, workspace }: Stage): Promise<FilledServer> {
    const { installation, id } = server
    say(`storing ${domains} domains of ${mailboxesEach} mailboxes`)
    const { passwordHash } = installation.person
    const filling = { serverId: id, domains, mailboxes: mailboxesEach, passwordHash }
    const domainIds = fillServer(installation.db, filling)
    const staff = await installation.staff()
    const customer = await installation.customer(4)
    workspace.onEnd(() => [staff, customer].forEach((client) => client.close()))

    const filled = new FilledServer(server, domainIds, staff, customer)
    say('converging them')
    filled.first = await filled.converge(50)
    await filled.#refuseUnserved()
    return filled
  }

  /** Everything, asked for by staff; from the form until the task is over. */
  async converge(everyMs = 5): Promise<Converge> {
    const { server } = this
    const start = performance.now()
    const { applyId } = await this.staff.change(`/staff/servers/${server.id}/converges`)
    await server.whenDone(applyId, everyMs)
    return { ms: performance.now() - start, figures: server.runFigures(applyId) }
  }

  /** Its name, as a stranger asks for it. */
  nameOf(domainId: number) {
    const sql = 'select name from domains where id = ?'
    return this.server.installation.db.one<{ name: string }>(sql, domainId).name
  }

  /** A converge that says it is done must have been: some sites and mailboxes, from outside. */
  async #refuseUnserved() {
    const { address, installation } = this.server
    for (const id of [0, 0.5, 1].map(
      (share) => this.domainIds[Math.round(share * (domains - 1))]
    )) {
      await this.server.whenSiteAnswers(domainName(id), [200])
      const imap = await ImapClient.connect(address)
      const user = `${localPart(mailboxesEach - 1)}@${domainName(id)}`
      const signedIn = await imap.login(user, installation.person.password)
      imap.close()
      if (!signedIn) throw new BenchFailure(`${user} cannot sign in to mail`)
    }
  }
}
