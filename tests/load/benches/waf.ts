import { connect } from 'node:net'
import type { Bench } from '#tests/load/bench'
import { siteStatus } from '#tests/load/clients/site_client'
import { WordpressAuthor } from '#tests/load/clients/wordpress_author'
import { putWordpress } from '#tests/load/benches/wordpress'
import { figuresOf } from '#tests/load/figures'
import type { Stage } from '#tests/load/stage'
import type { ManagedServer } from '#tests/load/stage/managed_server'
import { runThere, writeSiteFiles } from '#tests/load/stage/site_files'
import { p50, rounded } from '#tests/load/statistics'
import { crsAttacks, rawRequest, type Attack } from '#tests/support/crs_attacks'

const host = 'waf.example.jp'
/** Where attacks are sent: a page that costs nothing. */
const plainHost = 'attacked.example.jp'
const rounds = 3
const seconds = 6
const lines = 4
const attackLines = 12
const ways = { php: '/', static: '/wp-includes/css/dashicons.min.css' }

/**
 * OPT-12: requests/s of WordPress with the WAF blocking beside off; the share of the CRS's own attack strings that it stops,
 * and how many ordinary requests to a WordPress it does.
 */
const waf: Bench = {
  async run(stage: Stage) {
    const installation = await stage.installation()
    stage.say('building a server for the WAF')
    const { server } = await installation.order('B')
    const id = await putWordpress(stage, server, host)
    const attacks = await crsAttacks()
    const plainId = await addPlain(server)
    const set = (mode: string) => change(server, id, mode, 1)

    const times: Record<string, number[]> = { off: [], block: [] }
    const rates: Record<string, number[]> = {
      offphp: [],
      blockphp: [],
      offstatic: [],
      blockstatic: [],
    }
    for (let round = 0; round < rounds; round++) {
      for (const mode of ['off', 'block']) {
        stage.say(`asking with the WAF ${mode === 'off' ? 'off' : 'blocking'}`)
        await set(mode)
        for (const [kind, path] of Object.entries(ways)) {
          await ask(server, path, 1)
          const took = await ask(server, path, seconds)
          rates[`${mode}${kind}`]!.push(took.length / seconds)
          if (kind === 'php') times[mode]!.push(...took)
        }
      }
    }

    stage.say('a walk through WordPress')
    const author = new WordpressAuthor(server.address, host)
    await author.walk()
    author.refused.forEach((each) => stage.say(`refused: ${each}`))
    const memory = await runThere(server, ['sh', '-c', memoryOfSite, 'sh', `d${id}`])

    stage.say(`${attacks.length} attack strings of the CRS`)
    const without = await stopped(server, attacks)
    await change(server, plainId, 'block', 1)
    const atUsual = await stopped(server, attacks)
    await change(server, plainId, 'block', 4)
    const atHighest = await stopped(server, attacks)
    await server.discard()

    const rate = (name: string) => p50(rates[name]!)
    return figuresOf('waf', times.block!, p50(times.off!), {
      php_per_second: rounded(rate('blockphp')),
      php_off: rounded(rate('offphp')),
      static_per_second: rounded(rate('blockstatic')),
      static_off: rounded(rate('offstatic')),
      site_mb: rounded(Number(memory) / 1024),
      attacks: attacks.length,
      stopped_level_1: share(atUsual, attacks),
      stopped_level_4: share(atHighest, attacks),
      refused_without: share(without, attacks),
      walk_requests: author.asked,
      false_alarms: author.refused.length,
    })
  },
}

export default waf

/** Of Apache alone, without PHP: what it shares with nobody, and its part of the rest. */
const memoryOfSite = `for process in $(pgrep -f "Define account $1$"); do
  sed -n 's/^Pss: *\\([0-9]*\\) kB/\\1/p' /proc/$process/smaps_rollup
done | awk '{ sum += $1 } END { print sum }'`

/** Its page answers to every method. */
async function addPlain(server: ManagedServer): Promise<number> {
  const { installation } = server
  const customer = await installation.customer()
  const fields = { name: plainHost, password: installation.person.password }
  const { applyId } = await customer.change(`/servers/${server.id}/domains`, fields)
  await server.whenDone(applyId)
  customer.close()
  const sql = 'select id, uid from domains where name = ?'
  const { id, uid } = installation.db.one<{ id: number; uid: number }>(sql, plainHost)
  const html = `/data/domain/${plainHost}/html`
  await writeSiteFiles(server, [{ uid, path: `${html}/index.php`, content: '<?php echo 1;' }])
  await runThere(server, [
    'setpriv',
    `--reuid=${uid}`,
    `--regid=${uid}`,
    '--clear-groups',
    'rm',
    `${html}/index.html`,
  ])
  return id
}

async function change(server: ManagedServer, id: number, mode: string, level: number) {
  const customer = await server.installation.customer()
  const fields = { mode, level: String(level), program: 'wordpress' }
  const path = `/domains/${id}/web/waf/settings?_method=PUT`
  const { applyId } = await customer.change(path, fields)
  customer.close()
  if (applyId) await server.whenDone(applyId)
}

async function ask(server: ManagedServer, path: string, forSeconds: number): Promise<number[]> {
  const times: number[] = []
  const end = performance.now() + forSeconds * 1000
  const line = async () => {
    while (performance.now() < end) {
      const start = performance.now()
      const status = await siteStatus(server.address, host, { path })
      if (status === 200) times.push(performance.now() - start)
    }
  }
  await Promise.all(Array.from({ length: lines }, line))
  return times
}

/** How many get another answer than what a site says: 403 and 400 of the WAF, or the front's 400 before it. */
async function stopped(server: ManagedServer, attacks: readonly Attack[]) {
  let next = 0
  let count = 0
  const line = async () => {
    for (let attack = attacks[next++]; attack; attack = attacks[next++]) {
      const status = await send(server.address, rawRequest(attack, plainHost))
      if ([400, 403, 405, 408, 413, 417, 501].includes(status)) count++
    }
  }
  await Promise.all(Array.from({ length: attackLines }, line))
  return count
}

/** The status of the answer; 0 for none. */
function send(address: string, bytes: Buffer): Promise<number> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: 80 })
    let said = ''
    const end = () => {
      socket.destroy()
      resolve(Number(/^HTTP\/1\.[01] (\d{3})/.exec(said)?.[1] ?? 0))
    }
    socket.setTimeout(2000, end)
    socket.on('error', end)
    socket.on('end', end)
    socket.on('data', (part) => {
      said += part.toString('latin1')
      if (said.length > 12) end()
    })
    socket.write(bytes)
  })
}

const share = (count: number, all: readonly unknown[]) =>
  Math.round((count / all.length) * 1000) / 1000
