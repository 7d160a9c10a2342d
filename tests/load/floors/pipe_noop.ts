import { panelKey } from '#compute/panel_key'
import { AgentClient } from '#convergence/agent/client'
import { SshTransport } from '#convergence/transports/ssh'
import { p50, sampled } from '#tests/load/statistics'
import type { ManagedServer } from '#tests/load/stage/managed_server'

/** SSH to the server, as the panel itself goes there. */
export async function transportTo({ address, row }: ManagedServer): Promise<SshTransport> {
  const { privateKey } = await panelKey()
  return new SshTransport({ address, port: row.ssh_port, hostKey: row.host_key, privateKey })
}

/** A request that does nothing, over a pipe of the same kind as the panel's. */
export async function pipeNoopMs(server: ManagedServer): Promise<number> {
  const agent = await AgentClient.connect(await transportTo(server))
  try {
    return p50(await sampled(50, () => agent.request('ping')))
  } finally {
    agent.close()
  }
}
