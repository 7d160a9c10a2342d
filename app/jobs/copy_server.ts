import { copyDatabases, copyFiles, codeOf, finish, prepareHost } from '#backup/generation'
import { longestBackupMs } from '#config/backups'
import type { Job } from '#jobs/job'
import { serverIdOf } from '#jobs/payloads'
import type { TaskRun } from '#jobs/task_run'
import { say } from '#jobs/wording'
import Backup from '#models/backup'
import BackupHost from '#models/backup_host'
import { ownersOfDomain, ownersOfServer } from '#models/backup/owners'
import Database from '#models/database'
import { prefixOf } from '#models/database/name'
import Domain from '#models/domain'
import Server from '#models/server'
import { sqlTime } from '#models/task/clock'

/**
 * BKP-02: everything of a server to the backup host, domain by domain; what one of them refuses stops no other. Of one domain alone
 * when the payload says so.
 */
export default class CopyServer implements Job {
  static readonly kind = 'copy_server'
  static readonly takesLong = true

  async handle(run: TaskRun) {
    const { domainId } = (run.payload ?? {}) as { domainId?: unknown }
    const server = await Server.find(serverIdOf(run))
    const host = await BackupHost.registered()
    if (!server || server.state !== 'running' || !host) return
    const domains = await Domain.query()
      .where('serverId', server.id)
      .whereNull('deletedAt')
      .if(Number.isInteger(domainId), (query) => query.where('id', Number(domainId)))
      // Those that lately held up others come last.
      .orderByRaw(
        `case when exists (select 1 from backups where backups.domain_id = domains.id
          and backups.state = 'failed' and backups.created_at >= ?) then 1 else 0 end`,
        [sqlTime(new Date(Date.now() - 3 * 86_400_000))]
      )
      .orderBy('id')
    const failed: string[] = []
    for (const [index, domain] of domains.entries()) {
      run.signal.throwIfAborted()
      const backup = await backUpDomain(domain, server, host, run.signal)
      if (backup.state === 'failed') failed.push(domain.name)
      await run.progress((index / (domains.length + 1)) * 100)
    }
    if (domainId === undefined) {
      const share = await backUpShare(server, host, run.signal)
      if (share.state === 'failed') failed.push('share')
    }
    if (failed.length > 0) throw new Error(`not backed up: ${failed.join(', ').slice(0, 500)}`)
    run.lastWords = say('copies.done')
  }
}

/** What became of it is in the row; only an end of the worker throws. */
export async function backUpDomain(
  domain: Domain,
  server: Server,
  host: BackupHost,
  stop: AbortSignal
): Promise<Backup> {
  const backup = await Backup.beginOfDomain(domain, host, await ownersOfDomain(domain))
  const signal = AbortSignal.any([stop, AbortSignal.timeout(longestBackupMs)])
  const task = { backup, host, server, signal }
  return concluded(backup, stop, async () => {
    await prepareHost(host, signal)
    const { parts, figures } = await copyFiles(
      task,
      [domain.name, domain.uid],
      domain.quotaMb * 2 ** 20
    )
    const names = await Database.query().where('domainId', domain.id).orderBy('name')
    const prefix = prefixOf(domain)
    const dumps = await copyDatabases(
      task,
      prefix,
      names.map(({ name }) => name)
    )
    const whole = dumps.parts.filter(({ result }) => result === 'done')
    const kept = await finish(
      task,
      whole.map(({ name }) => name.slice('database/'.length))
    )
    const sentBytes = figures.sentBytes + dumps.sent
    await backup.finish([...parts, ...dumps.parts], { ...figures, sentBytes })
    await backup.noteKept(kept)
  })
}

export async function backUpShare(
  server: Server,
  host: BackupHost,
  stop: AbortSignal
): Promise<Backup> {
  const backup = await Backup.beginOfShare(server, host, await ownersOfServer(server.id))
  const signal = AbortSignal.any([stop, AbortSignal.timeout(longestBackupMs)])
  const task = { backup, host, server, signal }
  return concluded(backup, stop, async () => {
    await prepareHost(host, signal)
    const { parts, figures } = await copyFiles(task, ['share'], server.diskGb * 2 ** 30)
    const kept = await finish(task, [])
    await backup.finish(parts, figures)
    await backup.noteKept(kept)
  })
}

async function concluded(backup: Backup, stop: AbortSignal, work: () => Promise<void>) {
  try {
    await work()
  } catch (error) {
    if (stop.aborted) throw error
    await backup.fail(codeOf(error))
    await backup.noteProblem(error instanceof Error ? error.message : String(error))
  }
  return backup
}
