import { test } from '@japa/runner'
import Task from '#models/task'
import { watchProgress } from '#models/task/progress'
import { clearTasks, jobOf, workerFor } from '#tests/support/task_fixtures'

test.group('Watching a task', (group) => {
  group.each.setup(clearTasks)
  group.each.teardown(clearTasks)

  test('the end is told at once, also when it comes while something else is being told', async ({
    assert,
  }) => {
    const { id } = await Task.enqueue({ kind: 'any' })
    const worker = workerFor([jobOf('any', async (run) => void (run.lastWords = '完了しました。'))])
    const states: string[] = []
    let endedAt = 0
    for await (const { state, message } of watchProgress(id, new AbortController().signal)) {
      states.push(`${state} ${message ?? ''}`)
      if (state !== 'queued') continue
      await worker.runUntilIdle()
      endedAt = performance.now()
    }
    assert.deepEqual(states, ['queued ', 'done 完了しました。'])
    assert.isBelow(performance.now() - endedAt, 100)
  })
})
