import { BenchFailure, type Bench } from '#tests/load/bench'
import type { PanelClient } from '#tests/load/clients/panel_client'
import { figuresOf, type Further } from '#tests/load/figures'
import type { Stage } from '#tests/load/stage'
import { domainName, fillServer } from '#tests/load/stage/contents'
import { Database, storedNow } from '#tests/load/stage/database'
import { addContract, newPerson, signedIn } from '#tests/load/stage/installation'
import { migrate, PanelProcess, panelSettings } from '#tests/load/stage/panel_process'
import { p50, rounded } from '#tests/load/statistics'

const users = 10_000
const warmUp = 50
const requests = 300
const rounds = 6

/** What is asked of the list, besides its first page: the last one, other orders, a search. */
const questions: Readonly<Record<string, string>> = {
  first: '',
  last: '?page=500',
  by_quota: '?sort=-quota',
  newest: '?sort=-created',
  search: '?q=user099',
  nobody: '?q=no%20such%20user',
}

/**
 * The list of users of one domain that has 10,000, as its admin sees it. The floor is a page of the
 * same process that has no list.
 */
const usersPage: Bench = {
  async run(stage: Stage) {
    const { panel, client, path, domainId } = await prepared(stage)
    stage.say(`asking for pages of ${users} users`)
    const samples: Record<string, number[]> = {}
    const take = async (name: string, asked: string, round: number) => {
      const taken = await ask(client, asked, round === 0 ? warmUp : 2, requests / rounds)
      samples[name] = [...(samples[name] ?? []), ...taken]
    }
    for (let round = 0; round < rounds; round++) {
      await take('floor', '/password', round)
      for (const [name, query] of Object.entries(questions)) await take(name, path + query, round)
      await take('mail', `/domains/${domainId}/mail`, round)
    }
    const { floor, first, ...others } = samples
    const further: Further = {
      users,
      ...Object.fromEntries(
        Object.entries(others).map(([name, all]) => [`${name}_p50_ms`, rounded(p50(all))])
      ),
      rss_mb: await panel.rssMb(),
    }
    client.close()
    return figuresOf('users-page', first, p50(floor), further)
  },
}

export default usersPage

async function prepared({ root, workspace, say }: Stage) {
  say(`storing a domain of ${users} users`)
  const settings = await panelSettings(workspace.path('users.sqlite'))
  await migrate(root, settings)
  const person = await newPerson()
  const domainId = store(settings.DB_FILE, person.passwordHash)
  const panel = await PanelProcess.start(root, settings, workspace.path('users.log'))
  workspace.onEnd(() => panel.stop())
  const client = await signedIn(panel, `admin@${domainName(domainId)}`, person)
  return { panel, client, domainId, path: `/domains/${domainId}/mailboxes` }
}

/** Answers the id of the domain. */
function store(file: string, passwordHash: string): number {
  const db = new Database(file)
  const contractId = addContract(db, 'c900001', passwordHash)
  const created = { created_at: storedNow() }
  const node = { name: 'none', driver: 'adopted', prefix: 'tsukasa-bench-', ...created }
  const nodeId = db.insert('compute_nodes', node)
  const serverId = db.insert('servers', {
    contract_id: contractId,
    compute_node_id: nodeId,
    name: 'msv000001',
    instance: 'tsukasa-bench-msv000001',
    hostname: 'msv000001.mngsv.biz',
    kind: 'virtual',
    plan: 'A',
    state: 'running',
    address: '192.0.2.1',
    ...created,
  })
  const [domainId] = fillServer(db, { serverId, domains: 1, mailboxes: users, passwordHash })
  db.close()
  return domainId
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
