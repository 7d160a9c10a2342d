import { BenchFailure, type Bench } from '#tests/load/bench'
import type { PanelClient } from '#tests/load/clients/panel_client'
import { figuresOf, type Further } from '#tests/load/figures'
import type { Stage } from '#tests/load/stage'
import { domainName, fillServer, localPart } from '#tests/load/stage/contents'
import { type Database, storedNow } from '#tests/load/stage/database'
import { post } from '#tests/load/stage/mail_flow'
import { p50, rounded } from '#tests/load/statistics'

const members = 10_000
const readers = 1000
const warmUp = 50
const requests = 60
const rounds = 5
const posts = 3
const bytes = 20_000

const questions: Readonly<Record<string, string>> = {
  first: '',
  last: '?page=200',
  newest: '?sort=-created',
  search: '?q=member099',
  nobody: '?q=nobody-there',
}

/**
 * MAIL-06: the members of a list of 10,000 as its admin sees them; the floor is a page of the same process that has no
 * list. Then posts from elsewhere to a list of 1,000 users of the server, until each has it.
 */
const listMembers: Bench = {
  async run(stage: Stage) {
    const { server, installation } = await serverOf(stage)
    stage.say(`storing ${readers} users and lists of ${members} and ${readers} members`)
    const { passwordHash } = installation.person
    const filling = { serverId: server.id, domains: 1, mailboxes: readers + 1, passwordHash }
    const [domainId] = fillServer(installation.db, filling)
    const domain = domainName(domainId)
    const users = Array.from({ length: readers }, (_, index) => `${localPart(index + 1)}@${domain}`)
    const big = store(installation.db, domainId, 'big', Array.from({ length: members }, addressOf))
    store(installation.db, domainId, 'club', users)

    const staff = await installation.staff()
    stage.say('converging them')
    const { applyId } = await staff.change(`/staff/servers/${server.id}/converges`)
    await server.whenDone(applyId, 50)
    staff.close()

    stage.say(`asking for pages of ${members} members`)
    const client = await installation.customer(1)
    const pages = await askAll(client, `/mailing_lists/${big}/members`)
    client.close()
    stage.say(`${posts} posts to ${readers} members`)
    const sent = await spread(server, `club@${domain}`, users)
    const { floor, first, ...others } = pages
    return figuresOf('list-members', first, p50(floor), {
      members,
      ...Object.fromEntries(
        Object.entries(others).map(([name, all]) => [`${name}_p50_ms`, rounded(p50(all))])
      ),
      readers,
      ...sent,
    })
  },
}

export default listMembers

async function serverOf(stage: Stage) {
  const server = await stage.server()
  return { server, installation: server.installation }
}

const addressOf = (_: unknown, index: number) =>
  `member${String(index).padStart(5, '0')}@members.example.com`

/** Answers the id of the list. */
function store(db: Database, domainId: number, name: string, addresses: readonly string[]) {
  const created = { created_at: storedNow() }
  const values = { posting: 'anyone', moderation: 'none', archive: 0, ...created }
  const list = db.insert('mailing_lists', { domain_id: domainId, local_part: name, ...values })
  db.transaction(() =>
    db.insertAll(
      'mailing_list_members',
      addresses.map((address) => ({ mailing_list_id: list, address, source: 'panel', ...created }))
    )
  )
  return list
}

async function askAll(client: PanelClient, path: string) {
  const samples: Record<string, number[]> = {}
  const take = async (name: string, asked: string, skipped: number) => {
    const taken = await ask(client, asked, skipped, requests)
    samples[name] = [...(samples[name] ?? []), ...taken]
  }
  for (let round = 0; round < rounds; round++) {
    const skipped = round === 0 ? warmUp : 2
    await take('floor', '/password', skipped)
    for (const [name, query] of Object.entries(questions)) await take(name, path + query, skipped)
  }
  return samples
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

async function spread(
  server: Parameters<typeof post>[0],
  list: string,
  users: readonly string[]
): Promise<Further> {
  const times: number[] = []
  let lost = 0
  let unscored = 0
  for (let index = 0; index < posts; index++) {
    const done = await post(server, { list, members: users, bytes })
    times.push(done.ms)
    lost += users.length - done.arrived
    unscored += done.unscored
  }
  return {
    post_p50_ms: rounded(p50(times)),
    post_max_ms: rounded(Math.max(...times)),
    lost,
    unscored,
  }
}
