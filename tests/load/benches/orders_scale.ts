import { BenchFailure, type Bench } from '#tests/load/bench'
import type { PanelClient } from '#tests/load/clients/panel_client'
import { figuresOf } from '#tests/load/figures'
import type { Stage } from '#tests/load/stage'
import { Database, storedNow, type Row } from '#tests/load/stage/database'
import { addContract, newPerson, signedIn, type Person } from '#tests/load/stage/installation'
import { migrate, PanelProcess, panelSettings } from '#tests/load/stage/panel_process'
import { p50, p99, rounded } from '#tests/load/statistics'

const contracts = 100_000
const orders = 1_000_000
/** One contractor has so many: the worst there can be. */
const ofOwner = 5000
/** One of so many is open. */
const openEach = 50
const warmUp = 30
const requests = 200

const owner = 'c900001'

/**
 * ORD-06: a million orders of 100,000 contracts, one in fifty open: staff's queue, and the list of a contractor who has
 * 5,000 of them. The floor is a page of the same process that reads no order.
 */
const ordersScale: Bench = {
  async run(stage: Stage) {
    const { staff, customer } = await prepared(stage)
    stage.say('asking for pages')
    const queue = await ask(staff, '/staff/orders')
    const ofKind = await ask(staff, '/staff/orders?kind=access_analysis')
    const floor = await ask(customer, '/password')
    const list = await ask(customer, '/orders')
    const open = await ask(customer, '/orders?state=open')
    const search = await ask(customer, '/orders?q=site00042')
    ;[staff, customer].forEach((each) => each.close())
    return figuresOf('orders-scale', queue, p50(floor), {
      orders,
      contracts,
      queue_p99_ms: rounded(p99(queue)),
      queue_of_kind_p50_ms: rounded(p50(ofKind)),
      list_p50_ms: rounded(p50(list)),
      list_p99_ms: rounded(p99(list)),
      list_open_p50_ms: rounded(p50(open)),
      list_search_p50_ms: rounded(p50(search)),
    })
  },
}

export default ordersScale

async function prepared({ root, workspace, say }: Stage) {
  say(`storing ${orders} orders of ${contracts} contracts`)
  const settings = await panelSettings(workspace.path('orders.sqlite'))
  await migrate(root, settings)
  const person = await newPerson()
  store(settings.DB_FILE, person)
  const panel = await PanelProcess.start(root, settings, workspace.path('orders.log'))
  workspace.onEnd(() => panel.stop())
  const staff = await signedIn(panel, 'bench', person, '/staff')
  return { staff, customer: await signedIn(panel, owner, person) }
}

function store(file: string, { passwordHash: password }: Person) {
  const db = new Database(file)
  const created = { created_at: storedNow() }
  db.insert('staff', { login: 'bench', name: 'Bench', password, ...created })
  const first = addContract(db, owner, password)
  db.transaction(() => db.insertAll('contracts', contractRows()))
  db.transaction(() => db.insertAll('orders', orderRows(first)))
  db.run('analyze')
  db.close()
}

function* contractRows(): Iterable<Row> {
  for (let index = 1; index < contracts; index++)
    yield { code: `c${index}`, name: `Bench ${index}`, created_at: storedNow() }
}

const kinds = ['access_analysis', 'plan_change', 'waf', 'disk_extension', 'ssl_setup']

function* orderRows(first: number): Iterable<Row> {
  const day = (index: number) => `2026-${pad((index % 12) + 1, 2)}-${pad((index % 28) + 1, 2)}`
  for (let index = 0; index < orders; index++) {
    const isOpen = index % openEach === 0
    const on = day(index)
    const contract = index % (orders / ofOwner) === 0 ? 0 : index % contracts
    yield {
      contract_id: first + contract,
      kind: kinds[index % kinds.length],
      state: isOpen ? (index % 3 === 0 ? 'waiting' : 'received') : 'done',
      server_id: (index % contracts) + 1,
      subject: `site${pad(index % contracts, 5)}.example.jp`,
      details: '{}',
      applied_at: `${on} 01:00:00`,
      received_on: on,
      due_on: on,
      due_at: `${on} 01:00:00`,
      token: String(index),
      state_at: `${on} 01:00:00`,
      created_at: `${on} 01:00:00`,
    }
  }
}

const pad = (number: number, length: number) => String(number).padStart(length, '0')

/** One request after the other over one kept connection; the first ones are not counted. */
async function ask(client: PanelClient, path: string): Promise<number[]> {
  const samples: number[] = []
  for (let index = 0; index < warmUp + requests; index++) {
    const { status, ms } = await client.get(path)
    if (status !== 200) throw new BenchFailure(`GET ${path}: ${status}`)
    if (index >= warmUp) samples.push(ms)
  }
  return samples
}
