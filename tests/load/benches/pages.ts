import { BenchFailure, type Bench } from '#tests/load/bench'
import type { PanelClient } from '#tests/load/clients/panel_client'
import { figuresOf, type Further } from '#tests/load/figures'
import type { Stage } from '#tests/load/stage'
import { fillServer } from '#tests/load/stage/contents'
import { Database, storedNow } from '#tests/load/stage/database'
import { addContract, newPerson, signedIn } from '#tests/load/stage/installation'
import { migrate, PanelProcess, panelSettings } from '#tests/load/stage/panel_process'
import { p50, p99, rounded } from '#tests/load/statistics'

interface Size {
  readonly name: 'small' | 'large'
  readonly servers: number
  readonly domainsEach: number
}

const small: Size = { name: 'small', servers: 1, domainsEach: 100 }
const large: Size = { name: 'large', servers: 50, domainsEach: 200 }
const mailboxesEach = 20
const warmUp = 50
const requests = 300
const connections = 10

interface Pages {
  readonly domains: number[]
  readonly floor: number[]
  readonly figures: Further
}

/** Owns every server but the last one; that one is the neighbour's. */
const owner = 'c900001'
const neighbour = 'c900002'

/**
 * List pages with 10,000 domains and 200,000 mailboxes stored, against 100 and 2,000. Nearly all
 * of them are one contractor's, who is the worst there can be; the other has one server, as is
 * usual. One connection for times, ten for requests per second.
 */
const pages: Bench = {
  async run(stage: Stage) {
    const few = await measured(stage, small)
    const many = await measured(stage, large)
    return figuresOf('pages', many.domains, p50(many.floor), { ...many.figures, ...few.figures })
  },
}

export default pages

async function measured(stage: Stage, size: Size): Promise<Pages> {
  const { panel, client, crowd, other, paths } = await prepared(stage, size)
  stage.say(`asking the ${size.name} panel`)
  const floor = await ask(client, '/health')
  const figures: Record<string, number> = {}
  const samples: Record<string, number[]> = {}
  for (const [name, path] of Object.entries(paths)) {
    samples[name] = await ask(client, path)
    figures[`${size.name}_${name}_p50_ms`] = rounded(p50(samples[name]))
  }
  figures[`${size.name}_neighbour_p50_ms`] = rounded(p50(await ask(other, paths.domains)))
  if (size.name === 'large') Object.assign(figures, await rates(panel, crowd, paths))
  const all = { [`${size.name}_p50_ms`]: rounded(p50(samples.domains)), ...figures }
  ;[client, crowd, other].forEach((each) => each.close())
  await panel.stop()
  return { domains: samples.domains, floor, figures: all }
}

async function prepared({ root, workspace, say }: Stage, size: Size) {
  say(`storing ${size.servers * size.domainsEach} domains of ${mailboxesEach} mailboxes`)
  const settings = await panelSettings(workspace.path(`${size.name}.sqlite`))
  await migrate(root, settings)
  const person = await newPerson()
  const paths = store(settings.DB_FILE, size, person.passwordHash)
  const log = workspace.path(`${size.name}.log`)
  const panel = await PanelProcess.start(root, settings, log)
  workspace.onEnd(() => panel.stop())
  const client = await signedIn(panel, owner, person)
  const crowd = await signedIn(panel, owner, person, '', connections)
  const other = await signedIn(panel, neighbour, person)
  return { panel, client, crowd, other, paths }
}

/** Answers the list pages by name. */
function store(file: string, size: Size, passwordHash: string) {
  const db = new Database(file)
  const owners = [owner, neighbour].map((code) => addContract(db, code, passwordHash))
  const node = {
    name: 'none',
    driver: 'adopted',
    prefix: 'tsukasa-bench-',
    created_at: storedNow(),
  }
  const nodeId = db.insert('compute_nodes', node)
  const domainIds: number[] = []
  for (let index = 0; index < size.servers; index++) {
    const contractId = owners[size.servers > 1 && index === size.servers - 1 ? 1 : 0]
    const serverId = addServer(db, contractId, nodeId, index + 1)
    const filling = { serverId, domains: size.domainsEach, mailboxes: mailboxesEach, passwordHash }
    domainIds.push(...fillServer(db, filling))
  }
  db.close()
  const middle = domainIds[Math.floor(domainIds.length / 2)]
  return { domains: '/domains', servers: '/servers', mailboxes: `/domains/${middle}/mailboxes` }
}

function addServer(db: Database, contractId: number, nodeId: number, number: number) {
  const name = `msv${String(number).padStart(6, '0')}`
  return db.insert('servers', {
    contract_id: contractId,
    compute_node_id: nodeId,
    name,
    instance: `tsukasa-bench-${name}`,
    hostname: `${name}.mngsv.biz`,
    kind: 'virtual',
    plan: 'A',
    state: 'running',
    address: `192.0.2.${number}`,
    created_at: storedNow(),
  })
}

/** One request after the other over one kept connection. */
async function ask(client: PanelClient, path: string, times = requests): Promise<number[]> {
  const samples: number[] = []
  for (let index = 0; index < warmUp + times; index++) {
    const { status, ms } = await client.get(path)
    if (status !== 200) throw new BenchFailure(`GET ${path}: ${status}`)
    if (index >= warmUp) samples.push(ms)
  }
  return samples
}

/** Each page over ten kept connections at once; `rps` is that of the list of domains. */
async function rates(
  panel: PanelProcess,
  crowd: PanelClient,
  paths: Readonly<Record<string, string>>
): Promise<Further> {
  const figures: Record<string, number> = {}
  for (const [name, path] of Object.entries(paths)) {
    const cpuBefore = await panel.cpuMs()
    const start = performance.now()
    const lanes = Array.from({ length: connections }, () => ask(crowd, path, requests / 2))
    const perLane = await Promise.all(lanes)
    const samples = perLane.flat()
    const asked = samples.length + connections * warmUp
    const cpuAfter = await panel.cpuMs()
    figures[`${name}_rps`] = Math.round((asked * 1000) / (performance.now() - start))
    figures[`${name}_c10_p50_ms`] = rounded(p50(samples))
    figures[`${name}_c10_p99_ms`] = rounded(p99(samples))
    figures[`${name}_cpu_ms`] = rounded((cpuAfter - cpuBefore) / asked)
  }
  return { rps: figures.domains_rps, rss_mb: await panel.rssMb(), ...figures }
}
