import { setTimeout as wait } from 'node:timers/promises'
import type { Bench } from '#tests/load/bench'
import { figuresOf } from '#tests/load/figures'
import type { Stage } from '#tests/load/stage'
import { Database, storedNow } from '#tests/load/stage/database'
import { addContract, newPerson, signedIn, type Person } from '#tests/load/stage/installation'
import { addNode, ask, contractRows, domainRows, serverRows } from '#tests/load/stage/many'
import { migrate, PanelProcess, panelSettings } from '#tests/load/stage/panel_process'
import { p50, rounded } from '#tests/load/statistics'

const servers = 10_000
const contracts = 2000
/** One contractor has so many. */
const ofOwner = 500
const domains = 30_000

const owner = 'c900001'

/**
 * OPS-07, SRV-03: 10,000 servers: staff's list, the list of a contractor who has 500, and the planning
 * of the nightly apply to all of them. The floor is a page of the same process that reads no server.
 */
const serversScale: Bench = {
  async run(stage: Stage) {
    const { staff, customer, db } = await prepared(stage)
    stage.say('asking for pages')
    const list = await ask(staff, () => '/staff/servers')
    const floor = await ask(customer, () => '/password')
    const last = await ask(staff, () => '/staff/servers?page=500')
    const unsettled = await ask(staff, () => '/staff/servers?state=unsettled')
    const home = await ask(staff, () => '/staff')
    const own = await ask(customer, () => '/servers')
    ;[staff, customer].forEach((each) => each.close())
    stage.say('planning the nightly apply')
    return figuresOf('servers-scale', list, p50(floor), {
      servers,
      last_page_p50_ms: rounded(p50(last)),
      unsettled_p50_ms: rounded(p50(unsettled)),
      home_p50_ms: rounded(p50(home)),
      contractor_of_500_p50_ms: rounded(p50(own)),
      nightly_planned_ms: await nightlyPlanned(db),
    })
  },
}

export default serversScale

async function prepared({ root, workspace, say }: Stage) {
  say(`storing ${servers} servers`)
  const settings = await panelSettings(workspace.path('servers.sqlite'))
  await migrate(root, settings)
  const person = await newPerson()
  const db = new Database(settings.DB_FILE)
  workspace.onEnd(() => db.close())
  store(db, person)
  // One hand: while the night is planned nobody else works on what was planned already
  const single = { ...settings, WORKER_CONCURRENCY: '1' }
  const panel = await PanelProcess.start(root, single, workspace.path('servers.log'))
  workspace.onEnd(() => panel.stop())
  const staff = await signedIn(panel, 'bench', person, '/staff')
  return { staff, customer: await signedIn(panel, owner, person), db }
}

function store(db: Database, { passwordHash: password }: Person) {
  db.insert('staff', { login: 'bench', name: 'Bench', password, created_at: storedNow() })
  const first = addContract(db, owner, password)
  const node = addNode(db)
  const contractOf = (server: number) =>
    server % (servers / ofOwner) === 0 ? first : first + 1 + (server % contracts)
  db.transaction(() => {
    db.insertAll('contracts', contractRows(contracts))
    db.insertAll('servers', serverRows(servers, node, contractOf))
    const placeOf = (index: number) => {
      const server = index % servers
      return {
        contract: contractOf(server),
        server: server + 1,
        place: Math.floor(index / servers),
      }
    }
    db.insertAll('domains', domainRows(domains, placeOf))
  })
  db.run('analyze')
}

/** From the start of the work that plans until every server has its apply in the queue. */
async function nightlyPlanned(db: Database): Promise<number> {
  const now = new Date().toISOString().slice(0, 23).replace('T', ' ')
  const task = { kind: 'converge_servers', payload: 'null', state: 'queued', max_attempts: 1 }
  const id = db.insert('tasks', { ...task, run_at: now, created_at: now })
  for (;;) {
    const row = db.one<{ state: string; started_at: string; finished_at: string }>(
      'select state, started_at, finished_at from tasks where id = ?',
      id
    )
    if (row.finished_at) return Date.parse(row.finished_at) - Date.parse(row.started_at)
    await wait(200)
  }
}
