import type { WebPort } from '#convergence/desired_server'
import { loadDesiredServer } from '#convergence/desired/load_desired_server'
import { Site } from '#tests/hostile/web_isolation/site'
import { testServer } from '#tests/support/test_server'

let made: ReturnType<typeof make> | undefined

/** Two domains of the test server, as far apart as two customers' are. */
export async function neighbours(port: WebPort): Promise<[Site, Site]> {
  made ??= make()
  const { one, two, reach } = await made
  return [new Site('a', one, port, reach), new Site('b', two, port, reach)]
}

async function make() {
  const server = await testServer()
  const domains = [
    await server.addDomain('attacker-test.jp', 200),
    await server.addDomain('victim-test.jp', 200),
  ]
  // Each PHP version is attacked on each document root, with TLS and without (WEB-03).
  for (const domain of domains) {
    await domain.merge({ phpHttps: '8.2', phpStagingHttp: '8.2' }).save()
  }
  await server.convergeAll()
  const [a, b] = domains.map(({ id }) => id)
  const { details } = await loadDesiredServer(server.server.id, [a!, b!])
  const run = async (argv: readonly string[], input?: string) => {
    const { stdout, stderr } = await server.exec(argv, input)
    return stdout + stderr
  }
  return { one: details.get(a!)!, two: details.get(b!)!, reach: { address: server.address, run } }
}
