import type { Bench } from '#tests/load/bench'
import { figuresOf } from '#tests/load/figures'
import type { Stage } from '#tests/load/stage'
import { Database, storedNow, type Row } from '#tests/load/stage/database'
import { newPerson, signedIn, type Person } from '#tests/load/stage/installation'
import {
  addNode,
  addressOf,
  ask,
  codeOf,
  contractRows,
  domainOf,
  domainRows,
  pad,
  serverOf,
  serverRows,
} from '#tests/load/stage/many'
import { migrate, PanelProcess, panelSettings } from '#tests/load/stage/panel_process'
import { p50, p99, rounded } from '#tests/load/statistics'

/** Together a million. */
const rows = {
  contracts: 20_000,
  servers: 10_000,
  domains: 200_000,
  accounts: 600_000,
  mailing_lists: 50_000,
  zones: 70_000,
  orders: 50_000,
}

/** What people type: codes, names, parts of names, addresses, and what isn't there. */
const questions: ((index: number) => string)[] = [
  (index) => codeOf(index * 97),
  (index) => `ベンチ${pad(index * 89, 6)}`,
  (index) => serverOf(index * 41),
  (index) => addressOf(index * 37),
  (index) => domainOf(index * 801),
  (index) => `site0${index % 100}`,
  (index) => `user2@${domainOf(index * 701)}`,
  (index) => `kaigi${pad(index * 211, 6)}`,
  (index) => `#${index * 200 + 1}`,
  () => 'example.jp',
  () => 'user1',
  (index) => `nothing-${index}`,
]

/** OPS-07: one search over a million rows. The floor is a page of the same process that searches nothing. */
const staffSearch: Bench = {
  async run(stage: Stage) {
    const staff = await prepared(stage)
    stage.say('searching')
    const ways = await ask(staff, (index) => {
      const typed = questions[index % questions.length](Math.floor(index / questions.length))
      return `/staff/search?q=${encodeURIComponent(typed)}`
    })
    const slowest = slowestOf(ways)
    const floor = await ask(staff, () => '/staff/search')
    const part = await ask(staff, () => `/staff/search?q=${encodeURIComponent('ない名前')}`)
    staff.close()
    return figuresOf('staff-search', ways, p50(floor), {
      rows: Object.values(rows).reduce((sum, each) => sum + each, 0),
      slowest: questions[slowest.question](0),
      slowest_p50_ms: rounded(slowest.ms),
      part_of_name_p50_ms: rounded(p50(part)),
      part_of_name_p99_ms: rounded(p99(part)),
    })
  },
}

export default staffSearch

/** The kind of question that takes longest; samples come in turns, the first thirty are not among them. */
function slowestOf(samples: readonly number[]) {
  const medians = questions.map((_, question) => {
    const turn = (index: number) => (index + 30) % questions.length === question
    return { question, ms: p50(samples.filter((_each, index) => turn(index))) }
  })
  return medians.reduce((one, other) => (other.ms > one.ms ? other : one))
}

async function prepared({ root, workspace, say }: Stage) {
  say('storing a million rows')
  const settings = await panelSettings(workspace.path('search.sqlite'))
  await migrate(root, settings)
  const person = await newPerson()
  store(settings.DB_FILE, person)
  const panel = await PanelProcess.start(root, settings, workspace.path('search.log'))
  workspace.onEnd(() => panel.stop())
  return signedIn(panel, 'bench', person, '/staff')
}

function store(file: string, { passwordHash: password }: Person) {
  const db = new Database(file)
  db.insert('staff', { login: 'bench', name: 'Bench', password, created_at: storedNow() })
  const node = addNode(db)
  db.transaction(() => {
    db.insertAll('contracts', contractRows(rows.contracts))
    db.insertAll('servers', serverRows(rows.servers, node, contractOfServer))
    db.insertAll('domains', domainRows(rows.domains, placeOf))
    db.insertAll('accounts', accountRows(password))
    db.insertAll('mailing_lists', listRows())
    db.insertAll('zones', zoneRows())
    db.insertAll('orders', orderRows())
  })
  db.run('analyze')
  db.close()
}

const contractOfServer = (server: number) => (server % rows.contracts) + 1

const placeOf = (index: number) => {
  const server = index % rows.servers
  return {
    contract: contractOfServer(server),
    server: server + 1,
    place: Math.floor(index / rows.servers),
  }
}

function* accountRows(password: string): Iterable<Row> {
  for (let index = 0; index < rows.accounts; index++) {
    const domain = index % rows.domains
    const login = `user${Math.floor(index / rows.domains) + 1}@${domainOf(domain)}`
    const owner = { contract_id: placeOf(domain).contract, domain_id: domain + 1 }
    yield { login, role: 'mailbox', password, ...owner, created_at: storedNow() }
  }
}

function* listRows(): Iterable<Row> {
  for (let index = 0; index < rows.mailing_lists; index++)
    yield { domain_id: index + 1, local_part: `kaigi${pad(index, 6)}`, created_at: storedNow() }
}

function* zoneRows(): Iterable<Row> {
  for (let index = 0; index < rows.zones; index++) {
    const name = `zone${pad(index, 6)}.example.com`
    const names = { name, unicode_name: name, reversed_name: `com.example.zone${pad(index, 6)}.` }
    const kind = { kind: 'primary', source: 'service', serial: 1 }
    yield { contract_id: (index % rows.contracts) + 1, ...names, ...kind, created_at: storedNow() }
  }
}

function* orderRows(): Iterable<Row> {
  for (let index = 0; index < rows.orders; index++) {
    const at = { applied_at: storedNow(), state_at: storedNow(), created_at: storedNow() }
    const what = { kind: 'waf', state: 'done', subject: domainOf(index), details: '{}' }
    yield { contract_id: (index % rows.contracts) + 1, ...what, ...at, token: String(index) }
  }
}
