import { ComputeError } from '#compute/errors'
import { nodeFacts } from '#compute/index'
import { readNode } from '#compute/lxd/reading'
import type { Job } from '#jobs/job'
import type { TaskRun } from '#jobs/task_run'
import ComputeNode from '#models/compute_node'

/** SRV-01: what each compute node has left, so that placing a server asks nobody. One that doesn't answer stops no other. */
export default class ReadComputeNodes implements Job {
  static readonly kind = 'read_compute_nodes'

  async handle(run: Pick<TaskRun, 'payload' | 'log' | 'signal'>) {
    const { nodeId } = (run.payload ?? {}) as { nodeId?: unknown }
    const query = ComputeNode.query().whereNot('driver', 'adopted').orderBy('id')
    if (Number.isInteger(nodeId)) query.where('id', Number(nodeId))
    for (const node of await query) {
      run.signal.throwIfAborted()
      await this.#read(node, run)
    }
  }

  async #read(node: ComputeNode, run: Pick<TaskRun, 'log'>) {
    try {
      await node.noteReading(await readNode(nodeFacts(node)))
    } catch (error) {
      if (!(error instanceof ComputeError)) throw error
      await node.noteUnread(error.fault)
      await run.log(`${node.name}: ${error.message}`, 'warn')
    }
  }
}
