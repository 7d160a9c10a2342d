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
const rounds = 6
const connections = 10

/** One panel of each size, and who asks it. */
interface Asked {
  readonly panel: PanelProcess
  readonly paths: Readonly<Record<string, string>>
  readonly client: PanelClient
  readonly other: PanelClient
  /** Keeps ten connections. */
  readonly crowd: PanelClient
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
    const few = await prepared(stage, small)
    const many = await prepared(stage, large)
    stage.say('asking for pages')
    const samples = await alternately(few, many)
    const further = { ...medians(samples), ...(await rates(many)) }
    for (const { client, other, crowd } of [few, many]) {
      ;[client, other, crowd].forEach((each) => each.close())
    }
    return figuresOf('pages', samples.large_domains, p50(samples.floor), {
      large_p50_ms: rounded(p50(samples.large_domains)),
      small_p50_ms: rounded(p50(samples.small_domains)),
      ...further,
    })
  },
}

export default pages

/** Few of each in turn, so that whatever else the machine does meets all of them. */
async function alternately(few: Asked, many: Asked): Promise<Record<string, number[]>> {
  const samples: Record<string, number[]> = {}
  const take = async (name: string, client: PanelClient, path: string, round: number) => {
    const skipped = round === 0 ? warmUp : 2
    const taken = await ask(client, path, skipped, requests / rounds)
    samples[name] = [...(samples[name] ?? []), ...taken]
  }
  for (let round = 0; round < rounds; round++) {
    await take('floor', many.client, '/health', round)
    for (const name of Object.keys(many.paths)) {
      await take(`small_${name}`, few.client, few.paths[name], round)
      await take(`large_${name}`, many.client, many.paths[name], round)
    }
    await take('large_neighbour', many.other, many.paths.domains, round)
  }
  return samples
}

function medians({ floor: _, ...samples }: Readonly<Record<string, number[]>>): Further {
  const entries = Object.entries(samples)
  return Object.fromEntries(entries.map(([name, all]) => [`${name}_p50_ms`, rounded(p50(all))]))
}

async function prepared({ root, workspace, say }: Stage, size: Size): Promise<Asked> {
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

/** One request after the other over one kept connection; the first ones are not counted. */
async function ask(client: PanelClient, path: string, skipped: number, counted: number) {
  const samples: number[] = []
  for (let index = 0; index < skipped + counted; index++) {
    const { status, ms } = await client.get(path)
    if (status !== 200) throw new BenchFailure(`GET ${path}: ${status}`)
    if (index >= skipped) samples.push(ms)
  }
  return samples
}

/** Each page over ten kept connections at once; `rps` is that of the list of domains. */
async function rates({ panel, crowd, paths }: Asked): Promise<Further> {
  const figures: Record<string, number> = {}
  for (const [name, path] of Object.entries(paths)) {
    await Promise.all(lanes(() => ask(crowd, path, 0, warmUp / 5)))
    const [cpuBefore, start] = [await panel.cpuMs(), performance.now()]
    const asked = await Promise.all(lanes(() => ask(crowd, path, 0, requests / 2)))
    const [cpuAfter, end] = [await panel.cpuMs(), performance.now()]
    const samples = asked.flat()
    figures[`${name}_rps`] = Math.round((samples.length * 1000) / (end - start))
    figures[`${name}_c10_p50_ms`] = rounded(p50(samples))
    figures[`${name}_c10_p99_ms`] = rounded(p99(samples))
    figures[`${name}_cpu_ms`] = rounded((cpuAfter - cpuBefore) / samples.length)
  }
  return { rps: figures.domains_rps, rss_mb: await panel.rssMb(), ...figures }
}

function lanes<Result>(lane: () => Promise<Result>): Promise<Result>[] {
  return Array.from({ length: connections }, lane)
}
