import { setTimeout as wait } from 'node:timers/promises'
import { BenchFailure, type Bench } from '#tests/load/bench'
import { ImapClient } from '#tests/load/clients/imap_client'
import { figuresOf, medians } from '#tests/load/figures'
import { passwordsHashMs } from '#tests/load/floors/passwords_hash'
import type { Stage } from '#tests/load/stage'
import { additionsOf, applyIdOf, bulk, imported, newUsers } from '#tests/load/stage/bulk_users'
import type { FilledServer } from '#tests/load/stage/filled_server'
import { p50, p95, rounded } from '#tests/load/statistics'

const times = 3

/**
 * A file with 1,000 new users confirmed as soon as it was checked → the last of them is signed in to IMAP.
 * Meanwhile somebody else opens pages of the panel: hashing passwords may not keep them waiting.
 */
const csvUsers: Bench = {
  async run(stage: Stage) {
    const filled = await stage.filled()
    stage.say(`hashing ${bulk} passwords`)
    const floor = await stage.floor(`hash-${bulk}`, () => passwordsHashMs(bulk))
    stage.say(`adding ${bulk} users by CSV, ${times} times`)
    const samples = []
    for (let index = 0; index < times; index++) samples.push(await added(filled, index))
    const pages = samples.flatMap((sample) => sample.pages)
    return figuresOf(
      'csv-users',
      samples.map(({ ms }) => ms),
      floor,
      {
        over_floor_ms: rounded(p50(samples.map(({ ms }) => ms)) - floor),
        checked_p50_ms: rounded(p50(samples.map(({ checkedMs }) => checkedMs))),
        page_p50_ms: rounded(p50(pages)),
        page_p95_ms: rounded(p95(pages)),
        page_max_ms: rounded(Math.max(...pages)),
        ...medians(samples.map(({ run }) => run)),
      }
    )
  },
}

export default csvUsers

async function added(filled: FilledServer, index: number) {
  const domainId = filled.domainIds[index * 41]
  const users = newUsers()
  const reader = pagesMeanwhile(filled)
  const { checkedMs, confirmedAt, importId } = await imported(
    filled,
    domainId,
    'additions',
    additionsOf(users)
  )
  const { localPart, password } = users.at(-1)!
  const imap = await ImapClient.connect(filled.server.address)
  if (!(await imap.login(`${localPart}@${filled.nameOf(domainId)}`, password))) {
    throw new BenchFailure(`${localPart} cannot sign in to mail`)
  }
  const ms = performance.now() - confirmedAt
  imap.close()
  const run = filled.server.runFigures(applyIdOf(filled, importId))
  return { ms, checkedMs, pages: await reader.stop(), run }
}

function pagesMeanwhile({ customer }: FilledServer) {
  const pages: number[] = []
  let isOver = false
  const reading = (async () => {
    while (!isOver) {
      const { ms } = await customer.get('/servers')
      pages.push(ms)
      await wait(50)
    }
  })()
  return {
    async stop() {
      isOver = true
      await reading
      return pages
    },
  }
}
