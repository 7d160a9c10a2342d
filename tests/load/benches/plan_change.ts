import { randomUUID } from 'node:crypto'
import { BenchFailure, type Bench } from '#tests/load/bench'
import { figuresOf } from '#tests/load/figures'
import { restartMs } from '#tests/load/floors/restart'
import type { Stage } from '#tests/load/stage'
import type { Installation } from '#tests/load/stage/installation'
import type { ManagedServer } from '#tests/load/stage/managed_server'
import { until } from '#tests/load/stage/patience'
import { rounded } from '#tests/load/statistics'

/** Up and down again, each seen from inside. */
const changes = [
  { plan: 'B', cores: 2, memoryGb: 4 },
  { plan: 'A', cores: 1, memoryGb: 2 },
  { plan: 'C', cores: 4, memoryGb: 8 },
  { plan: 'A', cores: 1, memoryGb: 2 },
]

/** OPT-01: ordered at once → all services answer again, and the machine has the new cores and memory, seen from inside. */
const planChange: Bench = {
  async run(stage: Stage) {
    const installation = await stage.installation()
    stage.say('ordering a server')
    const { server } = await installation.order('A')
    const samples: number[] = []
    const gaps: number[] = []
    for (const change of changes) {
      stage.say(`changing to plan ${change.plan}`)
      const { ms, silentMs } = await changed(installation, server, change)
      samples.push(ms)
      gaps.push(silentMs)
    }
    const floor = await restartMs(installation, server)
    await server.discard()
    return figuresOf('plan-change', samples, floor, { web_silent_ms: rounded(Math.max(...gaps)) })
  },
}

export default planChange

async function changed(
  installation: Installation,
  server: ManagedServer,
  { plan, cores, memoryGb }: (typeof changes)[number]
) {
  const watch = watchWeb(server)
  const start = performance.now()
  const orderId = await order(installation, server.id, plan)
  const patience = { what: `plan ${plan}`, withinMs: 240_000, everyMs: 20 }
  await until(patience, () => {
    const row = installation.db.one<{ state: string }>(
      'select state from orders where id = ?',
      orderId
    )
    if (row.state === 'rejected') throw new BenchFailure(`plan ${plan} was rejected`)
    return row.state === 'done' || null
  })
  await server.whenAnswering()
  await until(patience, async () => {
    const { memoryKb, processors } = await server.sizeInside()
    return (memoryKb === memoryGb * 2 ** 20 && processors === cores) || null
  })
  const ms = performance.now() - start
  return { ms, silentMs: await watch.stop() }
}

async function order(installation: Installation, serverId: number, plan: string) {
  const [{ default: Order }, { default: Account }] = [
    await import('#models/order'),
    await import('#models/account'),
  ]
  const { contractId, db } = installation
  const account = await Account.findByOrFail({ contractId, role: 'contractor' })
  const details = { plan, when: 'now' }
  const wish = { kind: 'plan_change', contractId, serverId, details, token: randomUUID() }
  const { id } = await Order.place(wish, account)
  // The next one is another day's
  db.run('update orders set day_key = null where id = ?', id)
  return id
}

/** How long its web server was silent at a stretch, for whoever asks again and again. */
function watchWeb(server: ManagedServer) {
  let stopped = false
  let longest = 0
  let answeredAt = performance.now()
  const work = (async () => {
    while (!stopped) {
      if (await server.webAnswers()) {
        longest = Math.max(longest, performance.now() - answeredAt)
        answeredAt = performance.now()
      }
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  })()
  return {
    async stop() {
      stopped = true
      await work
      return longest
    },
  }
}
