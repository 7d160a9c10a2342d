import type { Installation } from '#tests/load/stage/installation'
import type { ManagedServer } from '#tests/load/stage/managed_server'
import { timed } from '#tests/load/statistics'

/** The same machine stopped and started by the daemon alone, until all its services answer again. */
export function restartMs({ lxd }: Installation, server: ManagedServer): Promise<number> {
  return timed(async () => {
    await lxd.restart(server.row.instance)
    await server.whenAnswering()
  })
}
