import type { AgentClient } from '#convergence/agent/client'
import { askCheck, type CommandResult } from '#convergence/agent/requests'
import type { Refusal } from '#convergence/engine/blame'
import type { ServiceCommand } from '#convergence/engine/plan'
import type { Step } from '#convergence/engine/run'
import { commandName } from '#convergence/engine/steps'
import type { View } from '#convergence/engine/view'

export interface Checked {
  /** Of the first checker in order that said no. */
  readonly refusal?: Refusal
  readonly steps: readonly Step[]
}

/** The daemons' own checkers, on the server, with the candidate at its real paths. */
export async function checkCandidate(agent: AgentClient, { plan }: View): Promise<Checked> {
  const results = await askCheck(agent, plan.operations, plan.checks)
  const failed = results.findIndex(({ status }) => status !== 0)
  return {
    steps: results.map((result, index) => stepOf(plan.checks[index], result)),
    refusal: failed < 0 ? undefined : refusalOf(plan.checks[failed], results[failed]),
  }
}

function stepOf(command: ServiceCommand, { status, output, ms }: CommandResult): Step {
  const { service, scope } = command
  const named = { phase: 'check', name: commandName(command), service, scope, durationMs: ms }
  return status === 0 ? { ...named, state: 'done' } : { ...named, state: 'failed', detail: output }
}

function refusalOf(command: ServiceCommand, { status, output }: CommandResult): Refusal {
  const { service, scope } = command
  return {
    phase: 'check',
    name: commandName(command),
    service,
    scope,
    message: output || `status ${status}`,
  }
}
