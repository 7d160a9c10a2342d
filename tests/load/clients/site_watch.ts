import { siteStatus } from '#tests/load/clients/site_client'

export interface Watched {
  readonly asked: number
  readonly failed: number
}

export interface Asked {
  readonly host: string
  readonly path?: string
}

/**
 * Asks sites one after the other, on so many lines at the same time, until it is stopped; every answer but 200
 * counts as failed, and so does none.
 */
export function watchSites(address: string, sites: readonly Asked[], lines = 4) {
  let stopped = false
  let next = 0
  let failed = 0
  const line = async () => {
    while (!stopped) {
      const { host, path } = sites[next++ % sites.length]!
      if ((await siteStatus(address, host, { path, timeoutMs: 15_000 })) !== 200) failed++
    }
  }
  const all = Promise.all(Array.from({ length: lines }, line))
  return {
    async stop(): Promise<Watched> {
      stopped = true
      await all
      return { asked: next, failed }
    },
  }
}
