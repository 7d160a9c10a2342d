import testUtils from '@adonisjs/core/services/test_utils'
import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import { DateTime } from 'luxon'
import { makeContract, makeServer, makeTenant } from '#database/factories/tenant'
import ContentBackup from '#models/content_backup'
import { minuteOf, queueDueBackups, startOf } from '#models/content_backup/schedule'
import Task from '#models/task'

const at = (text: string) => DateTime.fromISO(text, { zone: 'Asia/Tokyo' }) as DateTime<true>

test.group('When backups begin', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('BKP-01: each server has a time of its own between 01:00 and 05:00, spread evenly', ({
    assert,
  }) => {
    const hours = new Map<string, number>()
    for (let id = 1; id <= 1000; id++) {
      const start = startOf(id)
      assert.isTrue(start >= '01:00' && start < '04:55', start)
      assert.equal(startOf(id), start)
      const hour = start.slice(0, 2)
      hours.set(hour, (hours.get(hour) ?? 0) + 1)
    }
    assert.sameMembers([...hours.keys()], ['01', '02', '03', '04'])
    for (const count of hours.values()) assert.isAbove(count, 180)
    const few = Array.from({ length: 8 }, (_, index) => minuteOf(index + 1)).toSorted(
      (a, b) => a - b
    )
    for (let index = 1; index < few.length; index++) assert.isAbove(few[index] - few[index - 1], 10)
  })

  test('BKP-01: a server is queued when its time has come, once, and not outside of the hours', async ({
    assert,
  }) => {
    const { server, domain } = await makeTenant()
    const due = at('2026-11-22T01:00').plus({ minutes: minuteOf(server.id) })
    const queued = () => Task.query().where({ kind: 'back_up_server', serverId: server.id })
    for (const moment of ['2026-11-22T00:59', '2026-11-22T05:00', '2026-11-22T13:00']) {
      await queueDueBackups(at(moment))
    }
    if (minuteOf(server.id) > 0) await queueDueBackups(due.minus({ minutes: 1 }))
    assert.lengthOf(await queued(), 0)
    await queueDueBackups(due)
    await queueDueBackups(due.plus({ minutes: 5 }))
    assert.lengthOf(await queued(), 1)

    // Done for the day, however it ended.
    await db.from('tasks').delete()
    const row = await ContentBackup.begin(domain, '2026-11-22')
    await row.fail('unreachable')
    await queueDueBackups(at('2026-11-22T04:59'))
    assert.lengthOf(await queued(), 0)
    await queueDueBackups(at('2026-11-23T04:59'))
    const [task] = await queued()
    assert.deepEqual(task.input, { serverId: server.id, day: '2026-11-23' })
  })

  test('BKP-01: what was missed while nothing ran is caught up with in the same night', async ({
    assert,
  }) => {
    const { server } = await makeTenant()
    assert.isAtLeast(await queueDueBackups(at('2026-11-22T04:55')), 1)
    assert.isNotNull(await Task.findBy({ kind: 'back_up_server', serverId: server.id }))
  })

  test('BKP-01: a server without domains is left alone, and so is one that is stopped', async ({
    assert,
  }) => {
    const { contract } = await makeContract()
    const empty = await makeServer(contract)
    const { server } = await makeTenant()
    await server.merge({ state: 'stopped' }).save()
    await queueDueBackups(at('2026-11-22T04:59'))
    const tasks = await Task.query().whereIn('serverId', [empty.id, server.id])
    assert.lengthOf(tasks, 0)
  })
})
