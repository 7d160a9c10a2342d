import { AgentRefusal, type AgentClient } from '#convergence/agent/client'
import {
  askStagingClear,
  askStagingCopy,
  askStagingPublish,
  askStagingWithdraw,
  type StagingPlace,
} from '#convergence/agent/staging_requests'
import { SourceLost } from '#convergence/transports/relay'
import { Unreachable } from '#convergence/transports/transport'
import { PermanentFailure, type Job } from '#jobs/job'
import { receiveContent } from '#jobs/receive_content'
import { failureOfErrand, onErrand, roomOf } from '#jobs/staging_errand'
import type { TaskRun } from '#jobs/task_run'
import { say } from '#jobs/wording'
import Account from '#models/account'
import Database from '#models/database'
import { SourceNotReady } from '#models/content_sync'
import DatabaseTransfer from '#models/database_transfer'
import StagingChange from '#models/staging_change'
import type { StagingFailure } from '#models/staging_change/kinds'
import StagingGeneration from '#models/staging_generation'

/**
 * WEB-02: whatever takes long, before or instead of directories changing places. It may be cut off anywhere: what a
 * copy left is cleared before the next one, and what was published halfway is gone on with.
 */
export default class PrepareStaging implements Job {
  static readonly kind = 'prepare_staging'
  static readonly takesLong = true

  async handle(run: TaskRun) {
    const { changeId } = (run.payload ?? {}) as { changeId?: unknown }
    const change = await StagingChange.query()
      .where('id', Number(changeId))
      .preload('domain', (domain) => domain.preload('server'))
      .first()
    if (change?.state !== 'copying') return
    try {
      await onErrand(change.domain.server, (agent) => this.#work(change, agent, run))
      run.lastWords = say('staging.done')
    } catch (error) {
      const failure = failureOf(error) ?? (run.isLastAttempt ? lastFailure(error) : undefined)
      if (!failure) throw error
      await this.#giveUp(change, failure)
      throw new PermanentFailure(say('staging.failed'), { cause: error })
    }
  }

  #work(change: StagingChange, agent: AgentClient, run: TaskRun): Promise<void> {
    // Nobody waits for a bar that moves more often.
    const tell = (percent: number) => void run.progress(percent).catch(() => {})
    switch (change.kind) {
      case 'swap':
        return prepareSwap(change, agent, tell)
      case 'refresh':
        return fill(change, agent, 'public', tell)
      case 'restore':
        return fill(change, agent, `generation-${change.generationId!}`, tell)
      case 'publish':
        return publish(change, agent, tell)
      case 'withdraw':
        return withdraw(change, agent)
      case 'discard':
        return discard(change, agent, tell)
      case 'receive':
        return receiveContent(change, agent, { tell, signal: run.signal })
    }
  }

  /** Nothing of it is left but the line in the history. */
  async #giveUp(change: StagingChange, failure: StagingFailure) {
    if (change.kind === 'swap' && change.generationId !== null) {
      await StagingGeneration.query()
        .where({ id: change.generationId, state: 'making' })
        .update({ state: 'going' })
    }
    const keepsPrevious = ['publish', 'receive'].includes(change.kind)
    await change.end('failed', { keepsPrevious }, failure)
    await change.requestTidying()
  }
}

class DatabaseNotCopied extends Error {}

type Tell = (percent: number) => void

async function prepareSwap(change: StagingChange, agent: AgentClient, tell: Tell) {
  const copied = change.generationId === null ? {} : await keepGeneration(change, agent, tell)
  const databases = await takeDatabaseAlong(change)
  if (databases === 'under_way') return change.lookAgain()
  await change.exchange(copied)
}

/** As late as can be, so that what visitors write meanwhile comes along. */
async function takeDatabaseAlong(change: StagingChange): Promise<'done' | 'under_way'> {
  if (change.databaseTargetId === null) return 'done'
  if (change.databaseTransferId === null) {
    change.databaseTransferId = await beginTransfer(change)
    await change.save()
  }
  await DatabaseTransfer.latestOf(change.databaseTargetId)
  const transfer = await DatabaseTransfer.find(change.databaseTransferId)
  if (transfer && !transfer.isOver) return 'under_way'
  if (transfer?.state !== 'done') throw new DatabaseNotCopied()
  return 'done'
}

async function beginTransfer({
  domainId,
  databaseSourceId,
  databaseTargetId,
  madeBy,
}: StagingChange) {
  const [source, target] = await Promise.all(
    [databaseSourceId, databaseTargetId].map((id) =>
      Database.query()
        .where({ id: id ?? 0, domainId })
        .first()
    )
  )
  const by = await Account.findBy('login', madeBy)
  if (!source || !target || !by) throw new DatabaseNotCopied()
  const { id } = await DatabaseTransfer.copy(source, target, { by, ip: null })
  return id
}

async function keepGeneration(change: StagingChange, agent: AgentClient, tell: Tell) {
  const { domain } = change
  const generation = await StagingGeneration.findOrFail(change.generationId!)
  if (generation.state === 'making') {
    const into: StagingPlace = `generation-${generation.id}`
    const room = await roomOf(domain.server, domain)
    const order = { domain: domain.name, from: 'public' as const, into, room }
    await generation.keep(await askStagingCopy(agent, order, tell))
  }
  const { files, bytes, skipped } = generation
  return { files, bytes: Number(bytes), skipped }
}

/** A copy beside staging that the engine puts in its place. */
async function fill(
  change: StagingChange,
  agent: AgentClient,
  from: 'public' | StagingPlace,
  tell: Tell
) {
  const { domain, place: into } = change
  const room = await roomOf(domain.server, domain)
  const copied = await askStagingCopy(agent, { domain: domain.name, from, into, room }, tell)
  await change.exchange({ ...copied, keepsPrevious: true })
}

async function publish(change: StagingChange, agent: AgentClient, tell: Tell) {
  const { domain, place: into } = change
  const chosen: string[] = JSON.parse(change.chosen ?? '[]')
  const room = await roomOf(domain.server, domain)
  const { name, unixName: account } = domain
  const order = { domain: name, account, chosen, into, room }
  const copied = await askStagingPublish(agent, order, tell)
  await change.end('done', { ...copied, keepsPrevious: true })
  await change.requestTidying()
}

async function withdraw(change: StagingChange, agent: AgentClient) {
  const { name, unixName: account } = change.domain
  await askStagingWithdraw(agent, { domain: name, account, from: `change-${change.undoneId!}` })
  await change.end('done')
  await change.requestTidying()
}

async function discard(change: StagingChange, agent: AgentClient, tell: Tell) {
  const generation = await StagingGeneration.find(change.generationId!)
  await askStagingClear(agent, change.domain.name, [`generation-${change.generationId!}`], tell)
  await generation?.delete()
  await change.end('done')
}

function failureOf(error: unknown): StagingFailure | undefined {
  if (error instanceof SourceNotReady) return error.failure
  return error instanceof DatabaseNotCopied ? 'database' : failureOfErrand(error)
}

function lastFailure(error: unknown): StagingFailure {
  if (error instanceof SourceLost) return 'source_unreachable'
  if (error instanceof AgentRefusal && error.code === 'E_CUT_OFF') return 'cut_off'
  return error instanceof Unreachable ? 'unreachable' : 'refused'
}
