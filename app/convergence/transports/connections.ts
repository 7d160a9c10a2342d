import { AgentClient } from '#convergence/agent/client'
import { askFacts } from '#convergence/agent/requests'
import type { AgentSettings } from '#convergence/agent/program'
import type { ServerAccess } from '#convergence/engine/machinery'
import { closeQuestions } from '#convergence/transports/questions'
import type { Transport } from '#convergence/transports/transport'

const kept = new Map<string, Promise<AgentClient>>()

/** One connection per server and process, opened when first needed. */
export class KeptAccess implements ServerAccess {
  constructor(
    private readonly transport: Transport,
    private readonly settings?: AgentSettings
  ) {}

  async agent(): Promise<AgentClient> {
    const { key } = this.transport
    const current = kept.get(key)
    if (current && (await answers(current))) return current
    // Somebody else may have connected anew meanwhile.
    if (kept.get(key) === current) kept.set(key, this.connect())
    return kept.get(key)!
  }

  private connect(): Promise<AgentClient> {
    const connecting = AgentClient.connect(this.transport, this.settings)
    connecting.catch(() => {})
    return connecting
  }

  async knock(): Promise<void> {
    const stranger = await AgentClient.connect(this.transport, this.settings)
    await askFacts(stranger).finally(() => stranger.close())
  }
}

/** A connection that was idle may be dead without anybody having noticed. */
async function answers(connecting: Promise<AgentClient>): Promise<boolean> {
  try {
    const agent = await connecting
    if (agent.idleMs > 5000) await agent.request('ping', {}, { silenceMs: 10_000 })
    return agent.isOpen
  } catch {
    return false
  }
}

/** Before the process ends, or it would wait for them. */
export async function closeConnections(): Promise<void> {
  closeQuestions()
  const all = [...kept.values()]
  kept.clear()
  for (const one of await Promise.allSettled(all)) {
    if (one.status === 'fulfilled') one.value.close()
  }
}
