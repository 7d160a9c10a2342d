import { setTimeout as wait } from 'node:timers/promises'
import { test } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import Task from '#models/task'
import { clearTasks, jobOf, workerFor } from '#tests/support/task_fixtures'

async function waitingKinds() {
  const tasks = await Task.query().where('state', 'queued').orderBy('id')
  return tasks.map((task) => task.kind)
}

test.group('Queueing a task', (group) => {
  group.each.setup(clearTasks)

  test('it exists after the commit of the change that asked for it, and not after its rollback', async ({
    assert,
  }) => {
    await db.transaction((trx) => Task.enqueue({ kind: 'kept' }, trx))
    await db
      .transaction(async (trx) => {
        await Task.enqueue({ kind: 'lost' }, trx)
        throw new Error('changed my mind')
      })
      .catch(() => {})
    assert.deepEqual(await waitingKinds(), ['kept'])
  })

  test('the payload comes back as it was given', async ({ assert }) => {
    const payload = { name: '日本語 “quotes” \n', list: [1, null, { deep: true }] }
    const task = await Task.enqueue({ kind: 'any', payload })
    const { input } = await Task.findOrFail(task.id)
    assert.deepEqual(input, payload)
  })

  test('asking again while one with the same key waits answers that one', async ({ assert }) => {
    const first = await Task.enqueue({ kind: 'any', uniqueKey: 'once' })
    const second = await db.transaction((trx) =>
      Task.enqueue({ kind: 'any', uniqueKey: 'once' }, trx)
    )
    const other = await Task.enqueue({ kind: 'any', uniqueKey: 'another' })
    assert.equal(second.id, first.id)
    assert.notEqual(other.id, first.id)
  })

  test('asking for the same from many sides at once makes one task and no error', async ({
    assert,
  }) => {
    const asked = Array.from({ length: 20 }, () =>
      db.transaction(async (trx) => {
        const task = await Task.enqueue({ kind: 'any', uniqueKey: 'once' }, trx)
        await wait(1)
        return task.id
      })
    )
    assert.lengthOf(new Set(await Promise.all(asked)), 1)
    assert.lengthOf(await waitingKinds(), 1)
  })

  test('asking again while one with the same key runs makes another', async ({ assert }) => {
    const job = jobOf('any', async () => {
      if (job.seen.length === 1)
        await Task.enqueue({ kind: 'any', payload: 'again', uniqueKey: 'once' })
    })
    await Task.enqueue({ kind: 'any', payload: 'first', uniqueKey: 'once' })
    await workerFor([job]).runUntilIdle()
    assert.deepEqual(job.seen, ['first', 'again'])
  })

  test('a waiting task can be cancelled, a finished one not', async ({ assert }) => {
    const job = jobOf('any')
    const task = await Task.enqueue({ kind: 'any', uniqueKey: 'once' })
    assert.isTrue(await task.cancel())
    assert.equal(task.state, 'cancelled')
    assert.isFalse(await task.cancel())
    await workerFor([job]).runUntilIdle()
    assert.lengthOf(job.seen, 0)
  })
})
