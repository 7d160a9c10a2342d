import { BaseCommand, flags } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'

/** SRV-01: where servers run, with what was left there at the last reading. */
export default class ComputeNodesList extends BaseCommand {
  static commandName = 'compute_nodes:list'
  static description = 'ノードと、その空きを示します'
  static options: CommandOptions = { startApp: true }

  @flags.boolean({ description: '結果を JSON で出します' })
  declare json: boolean

  async run() {
    const { default: ComputeNode } = await import('#models/compute_node')
    const { capacitiesOf } = await import('#models/compute_node/capacity')
    const nodes = await ComputeNode.query().orderBy('name')
    const capacities = await capacitiesOf(nodes)
    const rows = nodes.map((node) => {
      const { name, driver, acceptsServers, memoryMb, diskMb, freeDiskMb, daemon } = node
      const read = { memoryMb, diskMb, freeDiskMb, daemon, readAt: node.readAt?.toISO() ?? null }
      const problem = node.readProblem
      return { name, driver, acceptsServers, ...read, problem, ...capacities.get(node.id) }
    })
    if (this.json) return this.logger.log(JSON.stringify(rows))
    for (const { name, servers, freeMemoryMb, freeAddresses, problem } of rows) {
      const left = `${servers} servers, ${freeMemoryMb ?? '?'} MB, ${freeAddresses} addresses`
      this.logger.log(`${name.padEnd(20)} ${left} ${problem ?? ''}`)
    }
  }
}
