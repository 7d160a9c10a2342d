import { test } from '@japa/runner'
import Schedule, { nextRun } from '#models/schedule'
import Task from '#models/task'
import { schedules, jobs } from '#jobs/index'
import { sqlTime } from '#models/task/clock'
import { clearTasks } from '#tests/support/task_fixtures'

const nightly = { name: 'nightly', kind: 'any', payload: { deep: true }, cron: '10 4 * * *' }

test.group('Schedules', (group) => {
  group.each.setup(clearTasks)

  test('times are those of Japan', ({ assert }) => {
    const next = nextRun('10 4 * * *', 'Asia/Tokyo', new Date('2026-11-22T20:00:00Z'))
    assert.equal(next.toISOString(), '2026-11-23T19:10:00.000Z')
  })

  test('nothing is queued before its time', async ({ assert }) => {
    await Schedule.declare([nightly])
    assert.equal(await Schedule.runDue(), 0)
  })

  test('of several workers at the due time one queues the task', async ({ assert }) => {
    await Schedule.declare([nightly])
    await Schedule.query().update({ next_run_at: sqlTime(Date.now() - 1000) })
    const queued = await Promise.all([1, 2, 3, 4].map(() => Schedule.runDue()))
    assert.equal(
      queued.reduce((sum, each) => sum + each),
      1
    )
    const [task, ...more] = await Task.all()
    assert.lengthOf(more, 0)
    assert.deepEqual(task.input, nightly.payload)
  })

  test('times that passed while nothing ran count once', async ({ assert }) => {
    await Schedule.declare([nightly])
    await Schedule.query().update({ next_run_at: sqlTime(new Date('2020-01-01')) })
    assert.equal(await Schedule.runDue(), 1)
    assert.equal(await Schedule.runDue(), 0)
    const { nextRunAt } = await Schedule.firstOrFail()
    assert.isAbove(nextRunAt.toMillis(), Date.now())
  })

  test('a task that still waits from last time is not queued again', async ({ assert }) => {
    await Schedule.declare([nightly])
    for (let night = 0; night < 2; night++) {
      await Schedule.query().update({ next_run_at: sqlTime(Date.now() - 1000) })
      await Schedule.runDue()
    }
    assert.lengthOf(await Task.all(), 1)
  })

  test('declaring again keeps the next time and what staff switched off; another rule moves the time', async ({
    assert,
  }) => {
    await Schedule.declare([nightly])
    await Schedule.query().update({ enabled: false, next_run_at: sqlTime(new Date('2020-01-01')) })
    await Promise.all([1, 2, 3].map(() => Schedule.declare([nightly])))
    const kept = await Schedule.firstOrFail()
    assert.isFalse(kept.enabled)
    assert.equal(kept.nextRunAt.year, 2020)
    assert.equal(await Schedule.runDue(), 0)
    await Schedule.declare([{ ...nightly, cron: '0 5 * * *' }])
    const { nextRunAt } = await Schedule.firstOrFail()
    assert.isAbove(nextRunAt.toMillis(), Date.now())
  })

  test('every schedule of the application is for a kind that a job does', ({ assert }) => {
    const kinds = jobs.map((job) => job.kind)
    for (const { kind, cron, name } of schedules) {
      assert.include(kinds, kind, name)
      assert.isAbove(nextRun(cron, 'Asia/Tokyo', new Date()).getTime(), Date.now())
    }
  })
})
