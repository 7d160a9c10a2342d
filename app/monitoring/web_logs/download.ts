import type { Readable } from 'node:stream'
import { SshTransport } from '#convergence/transports/ssh'
import { panelKey } from '#compute/panel_key'
import { Refusal } from '#exceptions/refusals'
import type Domain from '#models/domain'
import type { WebLogFile } from '#models/domain/web_log'

/** Files are of any size, and each takes a connection: at once, of one domain and of one server. */
const mostOfDomain = 2
const mostOfServer = 6

const underWay = new Map<string, number>()

/**
 * ALOG-01: as many bytes of a log as it had when it was listed, read on the server as the domain's own
 * account. Nothing of it is kept here.
 */
export async function downloadOf(domain: Domain, file: WebLogFile): Promise<Readable> {
  const keys = [
    [`domain ${domain.id}`, mostOfDomain],
    [`server ${domain.serverId}`, mostOfServer],
  ] as const
  if (keys.some(([key, most]) => (underWay.get(key) ?? 0) >= most))
    throw new Refusal('too_many_downloads')
  for (const [key] of keys) count(key, 1)
  const leave = () => keys.forEach(([key]) => count(key, -1))
  try {
    return await open(domain, file, leave)
  } catch {
    leave()
    throw new Refusal('server_unreachable')
  }
}

async function open(domain: Domain, file: WebLogFile, leave: () => void): Promise<Readable> {
  const { address, sshPort: port, hostKey } = domain.server
  const { privateKey } = await panelKey()
  const target = { address: String(address), port, hostKey: String(hostKey), privateKey }
  const pipe = await new SshTransport({ ...target, timeoutMs: 5000 }).open(readerOf(domain, file))
  void pipe.closed.then((error) => {
    leave()
    if (error) pipe.stdout.destroy(error)
  })
  // Somebody who goes away takes the program on the server with him.
  pipe.stdout.once('close', () => pipe.close())
  pipe.stderr.resume()
  return pipe.stdout
}

function readerOf({ uid, root }: Domain, { name, bytes }: WebLogFile): readonly string[] {
  const as = [`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', '--no-new-privs']
  return ['setpriv', ...as, 'head', '-c', String(bytes), '--', `${root}/log/${name}`]
}

function count(key: string, change: 1 | -1) {
  const left = (underWay.get(key) ?? 0) + change
  if (left > 0) underWay.set(key, left)
  else underWay.delete(key)
}
