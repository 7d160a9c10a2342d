import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import env from '#start/env'

/** A site on loopback that the panel may ask in this test, instead of one on the internet (DOM-01). */
export async function serveForeignSite(
  answer: RequestListener,
  cleanup: (handler: () => void) => void
) {
  const site = createServer(answer).listen(0, '127.0.0.1')
  await once(site, 'listening')
  env.set('OWNERSHIP_SITE_PORT', (site.address() as AddressInfo).port)
  cleanup(() => {
    env.set('OWNERSHIP_SITE_PORT', undefined)
    // Setting it makes the word "undefined" of it, which processes that are started later would inherit.
    delete process.env.OWNERSHIP_SITE_PORT
    site.closeAllConnections()
    site.close()
  })
}
