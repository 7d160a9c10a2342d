import { BenchFailure, benches, chosenBenches } from '#tests/load/bench'
import { tableHead, tableRow } from '#tests/load/figures'
import { Stage, type StageOptions } from '#tests/load/stage'
import { Workspace } from '#tests/load/stage/workspace'

export interface RunOptions extends StageOptions {
  /** One object a line instead of a table. */
  readonly json: boolean
}

/** Runs the named benches, all but `up` without a name; answers the exit status. */
export async function runBenches(names: readonly string[], options: RunOptions): Promise<number> {
  const workspace = await Workspace.open()
  const interrupted = (signal: NodeJS.Signals) => void endAfter(workspace, signal)
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted)
  try {
    await runAll(chosenBenches(names), new Stage(workspace, options), options.json)
    return 0
  } catch (error) {
    if (workspace.isEnding) return 1
    process.stderr.write(`${await workspace.logs()}${reason(error)}\n`)
    return 1
  } finally {
    await workspace.end()
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted)
  }
}

async function runAll(names: readonly string[], stage: Stage, json: boolean) {
  if (!json) process.stdout.write(`${tableHead}\n`)
  for (const name of names) {
    const { default: bench } = await benches[name]()
    const figures = await bench.run(stage)
    process.stdout.write(`${json ? JSON.stringify(figures) : tableRow(figures)}\n`)
  }
}

/** Everything that was made is removed before the process goes. */
async function endAfter(workspace: Workspace, signal: NodeJS.Signals) {
  await workspace.end()
  process.exit(signal === 'SIGINT' ? 130 : 143)
}

function reason(error: unknown) {
  if (error instanceof BenchFailure) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
