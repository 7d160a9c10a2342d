import { setTimeout as wait } from 'node:timers/promises'
import type { Bench } from '#tests/load/bench'
import { siteStatus } from '#tests/load/clients/site_client'
import { figuresOf } from '#tests/load/figures'
import { apacheGracefulMs } from '#tests/load/floors/apache_graceful'
import type { Stage } from '#tests/load/stage'
import type { FilledServer } from '#tests/load/stage/filled_server'
import { p50, rounded, timed } from '#tests/load/statistics'

const times = 10
const bystanders = 5
const bystanderEveryMs = 10

/** One domain of 200 suspended → its page says so; the others go on answering meanwhile. */
const suspend: Bench = {
  async run(stage: Stage) {
    const filled = await stage.filled()
    const floor = await stage.floor('graceful', () => apacheGracefulMs(filled.server))
    const watched = filled.domainIds.slice(0, bystanders).map((id) => filled.nameOf(id))
    for (const name of watched) await filled.server.whenSiteAnswers(name, [200])

    stage.say(`suspending a domain, ${times} times`)
    const bystander = watch(filled.server.address, watched)
    const suspended: number[] = []
    const resumed: number[] = []
    try {
      for (const id of filled.domainIds.slice(bystanders, bystanders + times)) {
        suspended.push(await change(filled, id, '', [403, 503]))
        resumed.push(await change(filled, id, '?_method=DELETE', [200]))
      }
    } finally {
      bystander.stop()
    }
    return figuresOf('suspend', suspended, floor, {
      resume_p50_ms: rounded(p50(resumed)),
      ...(await bystander.counted),
    })
  },
}

export default suspend

async function change(
  filled: FilledServer,
  domainId: number,
  method: string,
  statuses: readonly number[]
): Promise<number> {
  const { server, customer } = filled
  const name = filled.nameOf(domainId)
  let applyId = 0
  const ms = await timed(async () => {
    ;({ applyId } = await customer.change(`/domains/${domainId}/suspension${method}`))
    await server.whenSiteAnswers(name, statuses)
  })
  await server.whenDone(applyId)
  return ms
}

/** Asks sites that nobody touches, one after the other; every answer but 200 counts as failed. */
function watch(address: string, names: readonly string[]) {
  let stopped = false
  const counted = (async () => {
    let asked = 0
    let failed = 0
    while (!stopped) {
      const status = await siteStatus(address, names[asked++ % names.length])
      if (status !== 200) failed++
      await wait(bystanderEveryMs)
    }
    return { asked, failed }
  })()
  return { counted, stop: () => void (stopped = true) }
}
