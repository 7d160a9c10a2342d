import { text } from 'node:stream/consumers'
import { readFile } from 'node:fs/promises'
import app from '@adonisjs/core/services/app'
import { waitForSsh } from '#compute/ssh_answer'
import { panelKey } from '#compute/panel_key'
import { SshTransport } from '#convergence/transports/ssh'
import { nameServerConfig } from '#jobs/name_servers/config'
import NameServer from '#models/name_server'

const sshPatienceMs = 60_000

/**
 * Makes a machine with PowerDNS (the service image, or any Debian with `pdns-server`, `pdns-backend-sqlite3` and
 * `sqlite3`) one of the two name servers. Repeatable; nothing is restarted when nothing differs.
 */
export async function prepareNameServer(server: NameServer, signal: AbortSignal) {
  const { address, sshPort, hostKey } = server
  if (!hostKey) throw new Error(`${server.hostname} is set up by somebody else`)
  await waitForSsh(address, sshPort, sshPatienceMs, signal)
  const { privateKey } = await panelKey()
  const transport = new SshTransport({ address, port: sshPort, hostKey, privateKey })
  const guard = server.role === 'secondary' ? ['.sh', '.service'] : []
  const parts = await Promise.all(guard.map((ending) => resource(`end_slow_transfers${ending}`)))
  const pipe = await transport.open(['sh', '-c', await resource('prepare.sh'), 'sh', ...parts])
  const [said, complained] = [text(pipe.stdout), text(pipe.stderr)]
  pipe.stdin.end(nameServerConfig(server, await NameServer.both()))
  const answer = await said
  const problem = await complained
  pipe.close()
  if (!answer.includes('prepared')) throw new Error(`${server.hostname}: ${problem.slice(0, 2000)}`)
}

async function resource(name: string) {
  const content = await readFile(app.makePath('resources/name_server', name), 'utf8')
  return content.trimEnd()
}
