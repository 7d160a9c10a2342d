import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { BenchFailure, type Bench } from '#tests/load/bench'
import { postSite, siteBody } from '#tests/load/clients/site_client'
import { figuresOf } from '#tests/load/figures'
import { plainPort, startPlain } from '#tests/load/floors/plain_wordpress'
import type { Stage } from '#tests/load/stage'
import type { ManagedServer } from '#tests/load/stage/managed_server'
import { until } from '#tests/load/stage/patience'
import { runThere, writeSiteFiles } from '#tests/load/stage/site_files'
import { p50, rounded } from '#tests/load/statistics'
import { wordpressConfig, wordpressInstall, wordpressTree } from '#tests/support/wordpress'

const execute = promisify(execFile)
const host = 'wordpress.example.jp'
const version = '8.4'
const rounds = 4
const seconds = 8
const lines = 4

/** Requests/s of WordPress's home page: the way of a site here, and plain Apache with FPM in the same container. */
const wordpress: Bench = {
  async run(stage: Stage) {
    const installation = await stage.installation()
    stage.say('building a server for WordPress')
    const { server } = await installation.order('B')
    await putWordpress(stage, server, host)
    await startPlain(server, `/data/domain/${host}/html`, version)

    stage.say(`asking its home page, ${rounds} rounds of ${seconds} s for each way`)
    const ways = { own: 80, plain: plainPort }
    const samples = { own: [] as number[], plain: [] as number[] }
    const rates = { own: [] as number[], plain: [] as number[] }
    for (const port of Object.values(ways)) await ask(server, port, 3)
    for (let round = 0; round < rounds; round++) {
      for (const way of ['own', 'plain'] as const) {
        const times = await ask(server, ways[way], seconds)
        samples[way].push(...times)
        rates[way].push(times.length / seconds)
      }
    }
    await server.discard()
    const [own, plain] = [p50(rates.own), p50(rates.plain)]
    return figuresOf('wordpress', samples.own, p50(samples.plain), {
      per_second: rounded(own),
      plain_per_second: rounded(plain),
      ratio: Math.round((own / plain) * 1000) / 1000,
    })
  },
}

export default wordpress

/** A domain of the panel with WordPress in it, as somebody puts it there by hand; answers its id. */
export async function putWordpress({ say }: Stage, server: ManagedServer, name: string) {
  const { installation } = server
  const customer = await installation.customer()
  const fields = { name, password: installation.person.password }
  const { applyId } = await customer.change(`/servers/${server.id}/domains`, fields)
  await server.whenDone(applyId)
  customer.close()
  const sql = 'select id, uid from domains where name = ?'
  const { id, uid } = installation.db.one<{ id: number; uid: number }>(sql, name)

  say('putting WordPress in')
  const html = `/data/domain/${name}/html`
  const archive = await execute('tar', ['-C', await wordpressTree(), '-c', '.'], {
    maxBuffer: 512 * 2 ** 20,
    encoding: 'buffer',
  })
  const own = ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups']
  await runThere(server, [...own, 'tar', '-x', '--no-same-owner', '-C', html], archive.stdout)
  const config = { database: 'wordpress', user: 'wordpress', password: 'only-for-figures' }
  await runThere(server, ['mariadb'], statements(config))
  await writeSiteFiles(server, [
    { uid, path: `${html}/wp-config.php`, content: wordpressConfig(config) },
  ])
  await runThere(server, [...own, 'rm', '-f', `${html}/index.html`])
  const path = '/wp-admin/install.php?step=2'
  const said = await postSite(server.address, name, path, wordpressInstall)
  if (!said.includes('wp-login.php')) throw new BenchFailure(`WordPress: ${said.slice(0, 500)}`)
  return id
}

function statements({ database, user, password }: Record<string, string>) {
  return `create database ${database} character set utf8mb4;
create user ${user}@localhost identified by '${password}';
grant all on ${database}.* to ${user}@localhost;`
}

/** Milliseconds of each answer, on several lines at the same time. */
async function ask(server: ManagedServer, port: number, forSeconds: number): Promise<number[]> {
  const times: number[] = []
  await until({ what: `WordPress on ${port}`, withinMs: 30_000, everyMs: 100 }, async () => {
    return (await isHome(server, port)) || null
  })
  const end = performance.now() + forSeconds * 1000
  const line = async () => {
    while (performance.now() < end) {
      const start = performance.now()
      if (!(await isHome(server, port))) throw new BenchFailure(`no WordPress on ${port}`)
      times.push(performance.now() - start)
    }
  }
  await Promise.all(Array.from({ length: lines }, line))
  return times
}

async function isHome({ address }: ManagedServer, port: number) {
  const body = await siteBody(address, host, '/', port)
  return body.includes(`<title>${wordpressInstall.weblog_title}</title>`)
}
