import type { Bench } from '#tests/load/bench'
import { figuresOf, medians, type Further } from '#tests/load/figures'
import { apacheGracefulMs } from '#tests/load/floors/apache_graceful'
import type { Stage } from '#tests/load/stage'
import type { FilledServer } from '#tests/load/stage/filled_server'
import { p50, rounded, timed } from '#tests/load/statistics'

const times = 10

interface Sample {
  readonly formMs: number
  readonly siteMs: number
  readonly removedMs: number
  readonly run: Further
}

/** Form posted → the site answers 200. It is the server's 200th domain each time, and goes again. */
const domain: Bench = {
  async run(stage: Stage) {
    const filled = await stage.filled()
    const floor = await stage.floor('graceful', () => apacheGracefulMs(filled.server))
    stage.say(`adding a domain, ${times} times`)
    await remove(filled, filled.domainIds.pop()!)
    const samples: Sample[] = []
    for (let index = 0; index < times; index++) {
      samples.push(await addAndRemove(filled, `new${index}.example.jp`))
    }
    const sites = samples.map(({ siteMs }) => siteMs)
    return figuresOf('domain', sites, floor, {
      form_p50_ms: rounded(p50(samples.map(({ formMs }) => formMs))),
      remove_p50_ms: rounded(p50(samples.map(({ removedMs }) => removedMs))),
      ...medians(samples.map(({ run }) => run)),
    })
  },
}

export default domain

async function addAndRemove(filled: FilledServer, name: string): Promise<Sample> {
  const { server, customer } = filled
  const fields = { name, password: server.installation.person.password }
  const start = performance.now()
  const change = await customer.change(`/servers/${server.id}/domains`, fields)
  await server.whenSiteAnswers(name, [200])
  const siteMs = performance.now() - start
  await server.whenDone(change.applyId)
  const run = filled.server.runFigures(change.applyId)
  return { formMs: change.ms, siteMs, run, removedMs: await remove(filled, change.id) }
}

/** Until nothing of it is on the server any more. */
function remove(filled: FilledServer, domainId: number): Promise<number> {
  const name = filled.nameOf(domainId)
  return timed(async () => {
    const { applyId } = await filled.customer.change(`/domains/${domainId}/removal`, { name })
    await filled.server.whenDone(applyId)
  })
}
