import type { AgentClient } from '#convergence/agent/client'
import { askEnd } from '#convergence/agent/requests'
import { Attempts } from '#convergence/engine/attempts'
import type { Machinery } from '#convergence/engine/machinery'
import type { ConvergeResult, RunEnd } from '#convergence/engine/run'
import { inOrder } from '#convergence/engine/service_order'

export interface ConvergeOptions {
  /** Domains whose change is to be applied; `all` looks at everything that the server has. */
  readonly scope: 'all' | readonly number[]
  /** What happened, for the run's record. */
  readonly reason: string
  readonly taskId?: number
  /** Compare and check, change nothing. */
  readonly dryRun?: boolean
  readonly signal?: AbortSignal
  /** Rough progress while it goes on: 0 … 100, and the phase. */
  readonly onProgress?: (percent: number, phase: string) => void
}

/**
 * Makes one server equal to the database, or leaves it as it was: load, render, compare, check on the
 * server, switch with a journal, activate, probe, commit or put back. The run is stored in any case.
 * Rejects with `Unreachable`, `AgentRefusal` or a `ComputeError` where another try may help.
 */
export async function converge(
  options: ConvergeOptions,
  machinery: Machinery
): Promise<ConvergeResult> {
  const dryRun = options.dryRun === true
  const start = { scope: options.scope, reason: options.reason, taskId: options.taskId, dryRun }
  const runId = await machinery.records.begin(start)
  const attempts = new Attempts(runId, options, machinery, inOrder(machinery.services))
  try {
    const end = await withAgent(machinery, (agent) => attempts.run(agent))
    await machinery.records.finish(runId, end)
    return resultOf(runId, end, end.manifest ? attempts.gone : [])
  } catch (error) {
    await machinery.records.finish(runId, attempts.broken(error))
    throw error
  }
}

async function withAgent<T>(machinery: Machinery, work: (agent: AgentClient) => Promise<T>) {
  const agent = await machinery.access.agent()
  try {
    return await work(agent)
  } finally {
    letGo(agent)
  }
}

/** Nobody waits for it: the next request comes after it in the same pipe, and the lock goes with the pipe anyway. */
function letGo(agent: AgentClient) {
  if (agent.isOpen) askEnd(agent).catch(() => agent.close())
}

function resultOf(runId: number, end: RunEnd, gone: readonly number[]): ConvergeResult {
  const { state, message, code, figures, steps, culprits } = end
  return { runId, state, message, code, figures, steps, culprits, gone }
}
