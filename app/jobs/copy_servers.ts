import { backupHours } from '#config/backups'
import CopyServer from '#jobs/copy_server'
import type { Job } from '#jobs/job'
import type { TaskRun } from '#jobs/task_run'
import BackupHost from '#models/backup_host'
import Server from '#models/server'
import Task from '#models/task'

/** BKP-02: each night of every server, each at a moment of its own that is the same every night. */
export default class CopyServers implements Job {
  static readonly kind = 'copy_servers'

  async handle(run: Pick<TaskRun, 'log'>) {
    if (!(await BackupHost.registered())) return run.log('there is no backup host', 'warn')
    const servers = await Server.query().where('state', 'running').whereNotNull('hostKey')
    for (const { id } of servers) {
      await Task.enqueue({
        kind: CopyServer.kind,
        payload: { serverId: id },
        lockKey: `backup:${id}`,
        uniqueKey: `backup:${id}`,
        serverId: id,
        runAt: new Date(Date.now() + minuteOf(id) * 60_000),
        maxAttempts: 2,
      })
    }
  }
}

/** Neighbours by number are far apart: the golden ratio leaves no two of them close, however many there are. */
export function minuteOf(serverId: number): number {
  const window = (backupHours.last - backupHours.first) * 60
  return Math.floor(((serverId * 0.618034) % 1) * window)
}
