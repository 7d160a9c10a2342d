import { once, EventEmitter } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import { PermanentFailure } from '#jobs/job'
import type { TaskRun } from '#jobs/task_run'
import Task from '#models/task'
import TaskLog from '#models/task/log'
import { sqlTime } from '#models/task/clock'
import { newWorkerId } from '#models/task/worker_id'
import { clearTasks, jobOf, silence, workerFor } from '#tests/support/task_fixtures'

/** A job that waits inside until the test says go. */
function heldJob(kind = 'held') {
  const gate = new EventEmitter()
  const begun = once(gate, 'begun')
  const job = jobOf(kind, async (run: TaskRun) => {
    gate.emit('begun', run)
    await Promise.race([
      once(gate, 'go'),
      once(run.signal, 'abort').then(() => run.signal.throwIfAborted()),
    ])
  })
  return { job, begun, go: () => gate.emit('go') }
}

async function facts(id: number) {
  const task = await Task.findOrFail(id)
  return task.serialize()
}

async function untilFinished(id: number) {
  for (let task = await Task.findOrFail(id); !task.isFinished; await task.refresh()) await wait(5)
}

async function logLines(id: number): Promise<string[]> {
  const lines = await TaskLog.query().where('taskId', id).orderBy('id')
  return lines.map((line) => line.text)
}

test.group('A worker', (group) => {
  group.setup(silence)
  group.each.setup(clearTasks)

  test('is woken by the commit instead of waiting for its next look', async ({
    assert,
    cleanup,
  }) => {
    const { job, begun, go } = heldJob()
    const worker = workerFor([job], { pollMs: 3_600_000, sweepMs: 3_600_000 })
    worker.start()
    cleanup(() => worker.stop())
    await wait(20)
    await db.transaction((trx) => Task.enqueue({ kind: 'held' }, trx))
    await begun
    go()
    assert.lengthOf(job.seen, 1)
  })

  test('goes on with short tasks while as many long ones as may be are under way', async ({
    assert,
    cleanup,
  }) => {
    const { job, go } = heldJob('long')
    const short = jobOf('short')
    const worker = workerFor([Object.assign(job, { takesLong: true as const }), short], {
      concurrency: 3,
      longTasks: 2,
    })
    for (const kind of ['long', 'long', 'long', 'long']) await Task.enqueue({ kind })
    worker.start()
    cleanup(() => worker.stop())
    while (job.seen.length < 2) await wait(5)
    const { id } = await Task.enqueue({ kind: 'short' })
    await untilFinished(id)
    assert.lengthOf(short.seen, 1)
    assert.lengthOf(job.seen, 2)
    while (job.seen.length < 4) {
      go()
      await wait(5)
    }
    go()
  })

  test('stores the end, the progress and the log of a task', async ({ assert }) => {
    const job = jobOf('any', async (run) => {
      await run.progress(40, '設定しています。')
      await run.progress(40, '設定しています。')
      await run.log('looked at it')
      assert.containsSubset(await facts(run.id), {
        state: 'running',
        progress: 40,
        message: '設定しています。',
      })
    })
    const { id } = await Task.enqueue({ kind: 'any' })
    await workerFor([job]).runUntilIdle()
    const task = await Task.findOrFail(id)
    assert.containsSubset(task.serialize(), {
      state: 'done',
      progress: 100,
      attempts: 1,
      workerId: null,
      heldKey: null,
    })
    assert.isNotNull(task.finishedAt)
    assert.deepEqual(await logLines(id), ['looked at it'])
  })

  test('leaves alone what it does not know, what is for later, and what is over', async ({
    assert,
  }) => {
    const job = jobOf('known')
    await Task.enqueue({ kind: 'unknown' })
    await Task.enqueue({ kind: 'known', payload: 'later', runAt: new Date(Date.now() + 60_000) })
    await Task.enqueue({ kind: 'known', payload: 'now' })
    await workerFor([job]).runUntilIdle()
    await workerFor([job]).runUntilIdle()
    assert.deepEqual(job.seen, ['now'])
  })

  test('tries again what failed, with growing pauses, and gives up after the last try', async ({
    assert,
  }) => {
    const pauses: number[] = []
    const job = jobOf('any', async () => {
      throw new Error('no luck', { cause: new Error('deeper') })
    })
    const { id } = await Task.enqueue({ kind: 'any', maxAttempts: 3 })
    await workerFor([job], {
      backoff: (attempts) => pauses.push(attempts) && 0,
    }).runUntilIdle()
    const task = await Task.findOrFail(id)
    assert.deepEqual(pauses, [1, 2])
    assert.containsSubset(task.serialize(), { state: 'failed', attempts: 3 })
    assert.include(task.error, 'deeper')
    assert.notInclude(task.message, 'no luck')
  })

  test('does not try again what can never work, and passes on why', async ({ assert }) => {
    const job = jobOf('any', async () => {
      throw new PermanentFailure('この名前は使えません。')
    })
    const { id } = await Task.enqueue({ kind: 'any' })
    await workerFor([job]).runUntilIdle()
    assert.containsSubset(await facts(id), {
      state: 'failed',
      attempts: 1,
      message: 'この名前は使えません。',
    })
  })

  test('a pause before the next try does not hold up the tasks behind it', async ({ assert }) => {
    const job = jobOf('any', async (run) => {
      if (run.payload === 'first') throw new Error('not now')
    })
    await Task.enqueue({ kind: 'any', payload: 'first', lockKey: 'server:1' })
    await Task.enqueue({ kind: 'any', payload: 'second', lockKey: 'server:1' })
    await workerFor([job], { backoff: () => 60_000 }).runUntilIdle()
    assert.deepEqual(job.seen, ['first', 'second'])
  })

  test('runs the tasks of one lock key one after the other and in order, others meanwhile', async ({
    assert,
    cleanup,
  }) => {
    const { job: held, begun, go } = heldJob()
    const quick = jobOf('quick')
    const worker = workerFor([held, quick], { pollMs: 10 })
    cleanup(() => worker.stop())
    await Task.enqueue({ kind: 'held', lockKey: 'server:1' })
    for (const payload of ['a', 'b', 'c'])
      await Task.enqueue({ kind: 'quick', payload, lockKey: 'server:1' })
    await Task.enqueue({ kind: 'quick', payload: 'other', lockKey: 'server:2' })
    const all = worker.runUntilIdle()
    await begun
    while (quick.seen.length < 1) await wait(2)
    assert.deepEqual(quick.seen, ['other'])
    go()
    await all
    assert.deepEqual(quick.seen, ['other', 'a', 'b', 'c'])
  })
})

test.group('Who owns a task', (group) => {
  group.setup(silence)
  group.each.setup(clearTasks)

  test('two runners of one lock key are refused by the database itself', async ({ assert }) => {
    await runningTask({ worker_id: 'w' })
    await assert.rejects(() => runningTask({ worker_id: 'v' }))
  })

  test('a worker that lost its lease can write nothing more, and is told to stop', async ({
    assert,
  }) => {
    const { job, begun } = heldJob()
    const first = workerFor([job], { leaseMs: 60, pollMs: 5, sweepMs: 3_600_000 })
    const { id } = await Task.enqueue({ kind: 'held', lockKey: 'server:1' })
    first.start()
    const [run] = (await begun) as [TaskRun]
    await db.from('tasks').where('id', id).update({ fence: 99, worker_id: 'another' })
    await assert.rejects(() => run.progress(50), /no longer/)
    await run.log('unheard')
    while (!run.signal.aborted) await wait(5)
    await first.stop()
    assert.containsSubset(await facts(id), {
      state: 'running',
      workerId: 'another',
      progress: 0,
    })
    assert.lengthOf(await TaskLog.all(), 0)
  })

  test('a task whose lease ended is taken up again, and counted', async ({ assert, cleanup }) => {
    const job = jobOf('any')
    const { id } = await runningTask({
      worker_id: newWorkerId(),
      lease_until: sqlTime(Date.now() - 1000),
    })
    const worker = workerFor([job], { sweepMs: 10 })
    worker.start()
    cleanup(() => worker.stop())
    await untilFinished(id)
    assert.containsSubset(await facts(id), { state: 'done', attempts: 2, fence: 2 })
  })

  test('a task whose process is gone is taken up at once, without waiting for the lease', async ({
    assert,
    cleanup,
  }) => {
    const job = jobOf('any')
    const gone = newWorkerId().replace(`:${process.pid}:`, ':4194303:')
    const { id } = await runningTask({ worker_id: gone, lease_until: sqlTime(Date.now() + 60_000) })
    const worker = workerFor([job], { sweepMs: 10 })
    worker.start()
    cleanup(() => worker.stop())
    await untilFinished(id)
    assert.propertyVal(await facts(id), 'attempts', 2)
  })

  test('a task of another machine is left alone while its lease lasts', async ({ assert }) => {
    const { id } = await runningTask({
      worker_id: 'elsewhere:1:1:1',
      lease_until: sqlTime(Date.now() + 60_000),
    })
    const worker = workerFor([jobOf('any')], { sweepMs: 5 })
    worker.start()
    await wait(40)
    await worker.stop()
    assert.propertyVal(await facts(id), 'workerId', 'elsewhere:1:1:1')
  })

  test('a task that keeps killing its worker ends as failed', async ({ assert, cleanup }) => {
    const { id } = await runningTask({
      worker_id: 'w',
      lease_until: sqlTime(Date.now() - 1000),
      attempts: 5,
    })
    const worker = workerFor([jobOf('any')], { sweepMs: 10 })
    worker.start()
    cleanup(() => worker.stop())
    await untilFinished(id)
    assert.propertyVal(await facts(id), 'state', 'failed')
  })
})

test.group('A worker that is told to stop', (group) => {
  group.setup(silence)
  group.each.setup(clearTasks)

  test('claims nothing more and waits for what runs', async ({ assert }) => {
    const { job, begun, go } = heldJob()
    const worker = workerFor([job], { concurrency: 1, pollMs: 5 })
    const first = await Task.enqueue({ kind: 'held' })
    const second = await Task.enqueue({ kind: 'held' })
    worker.start()
    await begun
    const stopped = worker.stop()
    await wait(20)
    go()
    await stopped
    assert.propertyVal(await facts(first.id), 'state', 'done')
    assert.propertyVal(await facts(second.id), 'state', 'queued')
  })

  test('gives back what does not end in time, as if it had not been tried', async ({ assert }) => {
    const { job, begun } = heldJob()
    const worker = workerFor([job], { pollMs: 5 })
    const { id } = await Task.enqueue({ kind: 'held', lockKey: 'server:1' })
    worker.start()
    await begun
    await worker.stop(10)
    assert.containsSubset(await facts(id), {
      state: 'queued',
      attempts: 0,
      heldKey: null,
      workerId: null,
    })
  })
})

async function runningTask(changes: Record<string, unknown>) {
  const task = await Task.enqueue({ kind: 'any', lockKey: 'server:1' })
  await db
    .from('tasks')
    .where('id', task.id)
    .update({
      state: 'running',
      held_key: 'server:1',
      attempts: 1,
      fence: 1,
      started_at: sqlTime(),
      ...changes,
    })
  return task
}
