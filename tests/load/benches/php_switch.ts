import { BenchFailure, type Bench } from '#tests/load/bench'
import { watchSites } from '#tests/load/clients/site_watch'
import { figuresOf } from '#tests/load/figures'
import { apacheGracefulMs } from '#tests/load/floors/apache_graceful'
import type { Stage } from '#tests/load/stage'
import type { FilledServer } from '#tests/load/stage/filled_server'
import { until } from '#tests/load/stage/patience'
import { writeSiteFiles } from '#tests/load/stage/site_files'
import { siteBody } from '#tests/load/clients/site_client'
import { rounded, timed } from '#tests/load/statistics'

const times = 10
const versions = ['8.2', '8.4'] as const
const path = '/version.php'
const program = '<?php echo PHP_MAJOR_VERSION, ".", PHP_MINOR_VERSION;'

/**
 * WEB-03: one domain of 200 gets another PHP version while all of them are asked, its own PHP most of all; then all
 * domains of the server at once.
 */
const phpSwitch: Bench = {
  async run(stage: Stage) {
    const filled = await stage.filled()
    const { server } = filled
    const floor = await stage.floor('graceful', () => apacheGracefulMs(server))
    const changing = filled.domainIds.slice(0, times)
    await writeSiteFiles(
      server,
      changing.map((id) => fileOf(filled, id))
    )
    const programs = changing.map((id) => ({ host: filled.nameOf(id), path }))
    const all = filled.domainIds.map((id) => ({ host: filled.nameOf(id) }))
    for (const { host } of all) await server.whenSiteAnswers(host, [200])

    stage.say(`changing the PHP version of a domain, ${times} times`)
    const others = watchSites(server.address, all)
    const own = watchSites(server.address, programs, 2)
    const changed: number[] = []
    const reloads: number[] = []
    for (const id of changing) {
      const sample = await change(filled, id, versions[0])
      changed.push(sample.ms)
      reloads.push(sample.reloads)
    }
    const one = [await others.stop(), await own.stop()]

    stage.say('changing it on all domains')
    const during = watchSites(server.address, [...all, ...programs])
    const wholeMs = await timed(() => changeAll(filled, changing))
    const whole = await during.stop()
    return figuresOf('php-switch', changed, floor, {
      reloads: Math.max(...reloads),
      asked: one[0]!.asked + one[1]!.asked,
      failed: one[0]!.failed + one[1]!.failed,
      server_ms: rounded(wholeMs),
      server_asked: whole.asked,
      server_failed: whole.failed,
    })
  },
}

export default phpSwitch

function fileOf({ server }: FilledServer, id: number) {
  const sql = 'select name, uid from domains where id = ?'
  const { name, uid } = server.installation.db.one<{ name: string; uid: number }>(sql, id)
  return { uid, path: `/data/domain/${name}/html${path}`, content: program }
}

/** From the form until the site answers with the other version. */
async function change(filled: FilledServer, id: number, version: string) {
  const { server, customer } = filled
  const [, newest] = versions
  const fields = { http: version, https: newest, staging_http: newest, staging_https: newest }
  let applyId = 0
  const ms = await timed(async () => {
    ;({ applyId } = await customer.change(`/domains/${id}/web/php?_method=PUT`, fields))
    await whenVersion(filled, id, version)
  })
  await server.whenDone(applyId)
  return { ms, reloads: Number(server.runFigures(applyId).reloads) }
}

/** Those that were changed before change back, and the others for the first time. */
async function changeAll(filled: FilledServer, changing: readonly number[]) {
  const { server, customer } = filled
  const [older, newest] = versions
  const form = `/servers/${server.id}/php_switches`
  const ports = { 'ports[0]': 'http', 'ports[1]': 'staging_https' }
  const { applyId } = await customer.change(form, { from: newest, to: older, ...ports })
  await server.whenDone(applyId)
  for (const id of changing) await whenVersion(filled, id, older)
}

function whenVersion(filled: FilledServer, id: number, version: string) {
  const { address } = filled.server
  const host = filled.nameOf(id)
  let last = ''
  const patience = { what: `PHP ${version} of ${host}`, withinMs: 30_000, everyMs: 5 }
  return until({ ...patience, instead: () => last }, async () => {
    last = await siteBody(address, host, path)
    if (last.startsWith('<')) throw new BenchFailure(`${host}: ${last.slice(0, 100)}`)
    return last === version || null
  })
}
