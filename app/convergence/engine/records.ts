import db from '@adonisjs/lucid/services/db'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { DateTime } from 'luxon'
import {
  unknownHash,
  type ManifestChanges,
  type ManifestEntry,
  type NewManifestEntry,
  type TouchedScopes,
} from '#convergence/engine/manifest'
import type { RunEnd, RunStart, Step } from '#convergence/engine/run'
import type { Scope } from '#convergence/resource'

const batch = 200

/** What an apply leaves in the database. Few statements: a narrow apply is three short transactions. */
export class Records {
  constructor(private readonly serverId: number) {}

  /** The new run's id. Runs count upwards; servers refuse one that is older than their last. */
  async begin(start: RunStart): Promise<number> {
    const [id] = await db.table('runs').insert({
      server_id: this.serverId,
      task_id: start.taskId ?? null,
      reason: start.reason.slice(0, 255),
      scope: start.scope === 'all' ? 'all' : start.scope.join(','),
      state: 'running',
      dry_run: start.dryRun,
      started_at: now(),
    })
    return Number(id)
  }

  async manifest(scopes: TouchedScopes): Promise<ManifestEntry[]> {
    const query = db
      .from('manifest_entries')
      .where('server_id', this.serverId)
      .orderBy('id')
      .select('id', 'key', 'scope', 'service', 'resource', 'hash')
    return scopes === 'all' ? query : query.whereIn('scope', [...scopes])
  }

  /** Domains that could not be applied and never were: the rest of the server goes on without them. */
  async neverApplied(): Promise<ReadonlySet<number>> {
    const refused: { id: number }[] = await db
      .from('domains')
      .where('server_id', this.serverId)
      .whereNotNull('apply_error')
      .select('id')
    if (refused.length === 0) return new Set()
    const applied = await this.appliedScopes()
    return new Set(refused.map(({ id }) => id).filter((id) => !applied.has(`domain:${id}`)))
  }

  /** Scopes that have something on the server. */
  async appliedScopes(): Promise<ReadonlySet<Scope>> {
    const rows: { scope: Scope }[] = await db
      .from('manifest_entries')
      .where('server_id', this.serverId)
      .whereNot('hash', '')
      .distinct('scope')
    return new Set(rows.map(({ scope }) => scope))
  }

  /**
   * Before anything is touched: what will be created is written down, and what will be changed is
   * marked as not known. Whatever cuts the apply off, the next one looks at all of it.
   */
  async intend(created: readonly NewManifestEntry[], changed: readonly ManifestEntry[]) {
    // Only writes, so nothing has to come before them.
    await db.transaction(async (client) => {
      await insertEntries(
        this.serverId,
        created.map((one) => ({ ...one, hash: '' })),
        client
      )
      for (const ids of chunks(changed.map(({ id }) => id))) {
        await client.from('manifest_entries').whereIn('id', ids).update({ hash: unknownHash })
      }
    })
  }

  /** Everything was put back: the manifest is as it was before `intend`. */
  async takeBack(created: readonly NewManifestEntry[], changed: readonly ManifestEntry[]) {
    await writing(async (client) => {
      for (const ids of chunks(await this.#idsOf(created, client))) {
        await client.from('manifest_entries').whereIn('id', ids).where('hash', '').delete()
      }
      for (const [hash, entries] of Map.groupBy(changed, (entry) => entry.hash)) {
        for (const ids of chunks(entries.map(({ id }) => id))) {
          await client.from('manifest_entries').whereIn('id', ids).update({ hash })
        }
      }
    })
  }

  /** A run that began after this one. */
  async wasOvertaken(runId: number): Promise<boolean> {
    const newer = await db
      .from('runs')
      .where('server_id', this.serverId)
      .where('dry_run', false)
      .where('id', '>', runId)
      .select('id')
      .first()
    return newer !== null
  }

  async learnPhpVersions(versions: readonly string[]) {
    if (versions.length === 0) return
    await db
      .from('servers')
      .where('id', this.serverId)
      .whereNot('php_versions', versions.join(','))
      .update({ php_versions: versions.join(',') })
  }

  /** The manifest after a commit, before what can't be undone is removed. */
  async remember(changes: ManifestChanges) {
    await writing((client) => this.#saveManifest(changes, client))
  }

  /** Everything of a run's end in one transaction. */
  async finish(runId: number, end: RunEnd) {
    await writing(async (client) => {
      if (end.manifest) await this.#saveManifest(end.manifest, client)
      await this.#closeRuns(runId, end, client)
      await insertSteps(runId, end.steps, client)
      if (!end.dryRun) await this.#tellDomains(end, client)
    })
  }

  /** Known entries are replaced as rows: two statements for many instead of one for each. */
  async #saveManifest(changes: ManifestChanges, client: TransactionClientContract) {
    const known = await this.#idsOf(changes.put, client)
    const gone = [...changes.remove.map(({ id }) => id), ...known]
    for (const ids of chunks(gone)) {
      await client.from('manifest_entries').whereIn('id', ids).delete()
    }
    await insertEntries(this.serverId, changes.put, client)
  }

  async #idsOf(entries: readonly NewManifestEntry[], client: TransactionClientContract) {
    if (entries.length === 0) return []
    const keys = new Set(entries.map(({ key }) => key))
    const scopes = [...new Set(entries.map(({ scope }) => scope))]
    const rows: { id: number; key: string }[] = await client
      .from('manifest_entries')
      .where('server_id', this.serverId)
      .if(scopes.length < 50, (query) => query.whereIn('scope', scopes))
      .select('id', 'key')
    return rows.filter(({ key }) => keys.has(key)).map(({ id }) => id)
  }

  /** Also those that a killed worker left running. */
  async #closeRuns(runId: number, end: RunEnd, client: TransactionClientContract) {
    await client
      .from('runs')
      .where('id', runId)
      .update({
        state: end.state,
        message: end.message?.slice(0, 8000) ?? null,
        figures: JSON.stringify(end.figures),
        finished_at: now(),
      })
    if (end.dryRun) return
    await this.#tellServer(runId, end, client)
    await client
      .from('runs')
      .where('server_id', this.serverId)
      .where('id', '<', runId)
      .where('state', 'running')
      .update({ state: 'failed', message: 'cut off', finished_at: now() })
  }

  /** What the list of all servers says of this one. */
  async #tellServer(runId: number, { state }: RunEnd, client: TransactionClientContract) {
    const server = () => client.from('servers').where('id', this.serverId)
    await server().update({ last_run_state: state })
    if (state !== 'done') return
    // Nobody asked for it: what it changed had been changed past the panel
    const unasked = client
      .from('runs')
      .where({ id: runId, reason: 'converge_servers' })
      .select('id')
    await server().whereExists(unasked).update({ put_right_at: now() })
  }

  async #tellDomains({ applied, culprits }: RunEnd, client: TransactionClientContract) {
    const at = now()
    for (const ids of chunks(applied)) {
      await client.from('domains').whereIn('id', ids).update({ applied_at: at, apply_error: null })
    }
    for (const { domainId, message } of culprits) {
      await client.from('domains').where('id', domainId).update({ apply_error: message })
    }
    if (applied.length > 0 || culprits.length > 0) {
      await client.from('servers').where('id', this.serverId).update({ last_converged_at: at })
    }
  }
}

/**
 * A transaction that begins with a write: SQLite lets one that has read go on to write only while
 * nobody else has written since.
 */
function writing(work: (client: TransactionClientContract) => Promise<void>) {
  return db.transaction(async (client) => {
    await client.from('manifest_entries').where('id', 0).delete()
    await work(client)
  })
}

async function insertEntries(
  serverId: number,
  entries: readonly NewManifestEntry[],
  client: TransactionClientContract
) {
  for (const some of chunks(entries)) {
    await client
      .insertQuery()
      .table('manifest_entries')
      .multiInsert(some.map((entry) => ({ server_id: serverId, ...entry })))
  }
}

async function insertSteps(
  runId: number,
  steps: readonly Step[],
  client: TransactionClientContract
) {
  const rows = steps.map((step, position) => ({
    run_id: runId,
    position,
    phase: step.phase,
    service: step.service ?? null,
    scope: step.scope ?? null,
    name: step.name.slice(0, 500),
    state: step.state,
    detail: step.detail ?? null,
    duration_ms: step.durationMs === undefined ? null : Math.round(step.durationMs),
  }))
  for (const some of chunks(rows)) {
    await client.insertQuery().table('run_steps').multiInsert(some)
  }
}

function chunks<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / batch) }, (_, index) =>
    all.slice(index * batch, (index + 1) * batch)
  )
}

/** As both databases store a moment, with milliseconds. */
function now() {
  return DateTime.now().toFormat('yyyy-MM-dd HH:mm:ss.SSS')
}
