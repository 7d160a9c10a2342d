import { AgentClient, AgentRefusal } from '#convergence/agent/client'
import { SshTransport } from '#convergence/transports/ssh'
import { Unreachable, type Transport } from '#convergence/transports/transport'
import { panelKey } from '#compute/panel_key'
import type Domain from '#models/domain'
import type Server from '#models/server'
import type { StagingFailure } from '#models/staging_change/kinds'
import { usageNow } from '#monitoring/mail/usage'

/** Copying takes its time, so it has a connection of its own: no apply and no page waits behind it. */
export async function onErrand<Result>(
  server: Server,
  work: (agent: AgentClient) => Promise<Result>
): Promise<Result> {
  const agent = await AgentClient.connect(await transportTo(server))
  try {
    return await work(agent)
  } finally {
    agent.close()
  }
}

/** A connection of its own, each time that it is opened. */
export async function transportTo(server: Server): Promise<Transport> {
  const { address, sshPort: port, hostKey } = server
  if (!address || !hostKey) throw new Unreachable(`${server.name} is not built yet`)
  const { privateKey } = await panelKey()
  return new SshTransport({ address, port, hostKey, privateKey })
}

/** Bytes that are left of the domain's volume; null where nobody knows. */
export async function roomOf(server: Server, domain: Domain): Promise<number | null> {
  const usage = await usageNow(server, domain)
  return usage?.limitBytes ? Math.max(0, usage.limitBytes - usage.usedBytes) : null
}

const failures: Readonly<Record<string, StagingFailure>> = {
  E_NO_ROOM: 'no_room',
  ENOSPC: 'no_room',
  EDQUOT: 'no_room',
  E_TOO_DEEP: 'too_deep',
  E_TOO_MUCH: 'too_much',
  E_GONE: 'gone',
}

/** What trying again would not change; undefined for anything else. */
export function failureOfErrand(error: unknown): StagingFailure | undefined {
  return error instanceof AgentRefusal ? failures[error.code] : undefined
}
