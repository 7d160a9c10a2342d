import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import app from '@adonisjs/core/services/app'
import { hashPassword } from '#models/account/password'
import { BenchFailure } from '#tests/load/bench'
import { LxdClient } from '#tests/load/clients/lxd_client'
import { PanelClient } from '#tests/load/clients/panel_client'
import type { Stage } from '#tests/load/stage'
import { computeFacts, type ComputeFacts } from '#tests/load/stage/compute_facts'
import { Database, storedNow } from '#tests/load/stage/database'
import { ManagedServer } from '#tests/load/stage/managed_server'
import {
  migrate,
  PanelProcess,
  panelSettings,
  type Settings,
} from '#tests/load/stage/panel_process'

/** Of everybody in it: contractor, staff, domain admins and users. */
export interface Person {
  readonly password: string
  readonly passwordHash: string
}

const contractor = 'c900001'
const staff = 'bench'

/** One panel process with a database of its own, one contract, and a compute node with free addresses. */
export class Installation {
  readonly lxd: LxdClient

  private constructor(
    readonly db: Database,
    readonly panel: PanelProcess,
    readonly facts: ComputeFacts,
    readonly person: Person,
    readonly contractId: number
  ) {
    this.lxd = new LxdClient(facts)
  }

  static async start({ root, workspace, say }: Stage): Promise<Installation> {
    const known = await computeFacts(app.makePath('storage/compute.json'))
    const lxd = new LxdClient(known)
    await lxd.removeAll(known.prefix)
    const facts = { ...known, addresses: await freeAddresses(known, lxd) }
    workspace.onEnd(() => lxd.removeAll(facts.prefix))

    say('starting a panel')
    const settings = await panelSettings(workspace.path('panel.sqlite'))
    await migrate(root, settings)
    await bootApplication(settings)
    const db = new Database(settings.DB_FILE)
    workspace.onEnd(() => db.close())
    const person = await newPerson()
    const password = person.passwordHash
    const contractId = addContract(db, contractor, password)
    db.insert('staff', { login: staff, name: 'Bench', password, created_at: storedNow() })
    const panel = await PanelProcess.start(root, settings, workspace.path('panel.log'))
    workspace.onEnd(() => panel.stop())
    const installation = new Installation(db, panel, facts, person, contractId)
    await installation.#registerNode()
    return installation
  }

  /** SRV-01, from the order until everything of the server answers. */
  async order(plan: string): Promise<{ server: ManagedServer; ms: number }> {
    const [{ default: Server }, { default: Contract }, { default: ComputeNode }] = [
      await import('#models/server'),
      await import('#models/contract'),
      await import('#models/compute_node'),
    ]
    const contract = await Contract.findOrFail(this.contractId)
    const node = await ComputeNode.firstOrFail()
    const start = performance.now()
    const { id } = await Server.order({ contract, node, plan })
    const server = await ManagedServer.whenReady(this, id)
    return { server, ms: performance.now() - start }
  }

  /** A browser in which the contractor is signed in. */
  customer(connections?: number) {
    return signedIn(this.panel, contractor, this.person, '', connections)
  }

  staff() {
    return signedIn(this.panel, staff, this.person, '/staff')
  }

  async #registerNode() {
    const { socket, addresses, ...rest } = this.facts
    const node = { ...rest, name: 'bench', driver: 'lxd', endpoint: socket }
    const { project, pool, bridge, cidr, gateway, image, prefix, name, driver, endpoint } = node
    const own = { project, pool, bridge, cidr, gateway, image, prefix, name, driver, endpoint }
    const id = this.db.insert('compute_nodes', { ...own, created_at: storedNow() })
    for (const address of addresses) {
      this.db.insert('server_addresses', { compute_node_id: id, address })
    }
  }
}

export async function newPerson(): Promise<Person> {
  const password = randomBytes(12).toString('base64url')
  return { password, passwordHash: await hashPassword(password) }
}

/** A contract with its contractor; answers its id. */
export function addContract(db: Database, code: string, password: string): number {
  const created = { created_at: storedNow() }
  const contractId = db.insert('contracts', { code, name: 'Bench', ...created })
  const account = { login: code, role: 'contractor', password }
  db.insert('accounts', { ...account, contract_id: contractId, ...created })
  return contractId
}

/** For a panel that is measured without a managed server, too. */
export async function signedIn(
  panel: PanelProcess,
  login: string,
  { password }: Person,
  area: '' | '/staff' = '',
  connections?: number
): Promise<PanelClient> {
  const client = new PanelClient(panel.origin, connections)
  await client.signIn(login, password, area)
  return client
}

/** One for each server that is ordered, and one for the floor. */
const addressCount = 6

/** Those first that this machine has not spoken with lately: it would look for their last owner, for seconds. */
async function freeAddresses({ addresses }: ComputeFacts, lxd: LxdClient) {
  const taken = await lxd.addressesInUse()
  const neighbours = await readFile('/proc/net/arp', 'utf8')
  const known = new Set(neighbours.split('\n').map((line) => line.split(' ', 1)[0]))
  const free = addresses.filter((address) => !taken.has(address))
  if (free.length < addressCount) throw new BenchFailure('no free addresses: tests are running')
  return free
    .toSorted((one, other) => Number(known.has(one)) - Number(known.has(other)))
    .slice(0, addressCount)
}

/** This process, too, takes orders in the installation's database; its own settings are never touched. */
async function bootApplication(settings: Settings) {
  if (app.isBooted) throw new BenchFailure('the application was started on another database')
  const { default: env } = await import('#start/env')
  for (const [name, value] of Object.entries(settings)) env.set(name as 'DB_FILE', value)
  await app.boot()
  await app.start(() => {})
}
