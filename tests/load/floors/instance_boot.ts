import { impatientMs, siteStatus } from '#tests/load/clients/site_client'
import type { Installation } from '#tests/load/stage/installation'
import { until } from '#tests/load/stage/patience'
import { timed } from '#tests/load/statistics'

/** The same image made into an instance and booted until its web server answers, with nothing of ours in it. */
export async function instanceBootMs({ lxd, facts }: Installation): Promise<number> {
  const name = `${facts.prefix}floor`
  const address = facts.addresses[facts.addresses.length - 1]
  try {
    return await timed(async () => {
      await lxd.createInstance(name, address)
      const patience = { what: 'a bare instance', withinMs: 60_000, everyMs: 20 }
      await until(patience, async () => {
        return (await siteStatus(address, address, { timeoutMs: impatientMs })) || null
      })
    })
  } finally {
    await lxd.removeAll(name)
  }
}
