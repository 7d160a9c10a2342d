import { Refusal } from '#exceptions/refusals'
import type Server from '#models/server'
import { planOf } from '#models/server/plan'
import { memoryInUse } from '#monitoring/memory'

/**
 * OPT-01: a plan with less memory than what its programs hold now would only make it lose them. Asked of the machine, so never within a
 * transaction. One that is stopped uses none; one that doesn't answer is found out by who changes it.
 */
export async function refuseTooLittleMemory(server: Server, plan: string): Promise<void> {
  const { memoryGb } = planOf(plan)
  if (server.state !== 'running' || memoryGb >= server.resources.memoryGb) return
  const { value: usedMb } = await memoryInUse(server)
  if (usedMb === undefined || usedMb <= memoryGb * 1024) return
  const used = (usedMb / 1024).toFixed(1)
  throw new Refusal('order_memory_is_in_use', 'plan', { used, plan, memory: memoryGb })
}
