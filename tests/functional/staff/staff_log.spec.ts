import { inspect } from 'node:util'
import ace from '@adonisjs/core/services/ace'
import db from '@adonisjs/lucid/services/db'
import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import StaffLogVerify from '#commands/staff_log_verify'
import { makeStaff } from '#database/factories/tenant'
import StaffLog from '#models/staff_log'
import {
  firstHash,
  followChain,
  hashOf,
  verifyChain,
  type StoredLine,
} from '#models/staff_log/chain'

const refused = /append-only/

/** As somebody does who has the database in his hands, but not the panel's key. */
async function forged(change: (lines: StoredLine[]) => StoredLine[]) {
  const lines: StoredLine[] = await db.from('staff_logs').orderBy('seq')
  return followChain(change(lines), { lines: 0, hash: firstHash, brokenAt: null }).brokenAt
}

const brokenAt = () => verifyChain().then((report) => report.brokenAt)

async function writeThree() {
  const staff = await makeStaff()
  for (const target of ['c000001', 'c000002', 'c000003']) {
    await StaffLog.write({ staff, action: 'session.store', target, details: { note: '株式会社' } })
  }
  return staff
}

const lines = () => db.from('staff_logs')

test.group('Staff log', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('OPS-07: each line of the staff log says who, what and when, and follows the one before it', async ({
    assert,
  }) => {
    const staff = await writeThree()
    const rows = await lines().orderBy('seq')
    assert.deepEqual(
      rows.map(({ seq }) => Number(seq)),
      [1, 2, 3]
    )
    assert.deepEqual(
      rows.map(({ actor, target }) => `${actor} ${target}`),
      ['c000001', 'c000002', 'c000003'].map((target) => `${staff.login} ${target}`)
    )
    assert.equal(rows[1].previous_hash, rows[0].hash)
    assert.equal(rows[2].previous_hash, rows[1].hash)
    assert.deepEqual(await verifyChain(), { lines: 3, hash: rows[2].hash, brokenAt: null })
  })

  test('OPS-07: the database itself refuses to change or to delete a line', async ({ assert }) => {
    await writeThree()
    await assert.rejects(() => lines().where('seq', 2).update({ target: 'c000009' }), refused)
    await assert.rejects(() => lines().where('seq', 2).delete(), refused)
    const report = await verifyChain()
    assert.isNull(report.brokenAt)
  })

  test('OPS-07: a line that was changed is found, and so is one whose hash was made again', async ({
    assert,
  }) => {
    await writeThree()
    assert.isNull(await forged((all) => all))
    const change = (line: StoredLine) => ({ ...line, target: 'c000009' })
    assert.equal(await forged(([one, two, three]) => [one, change(two), three]), 2)
    const hashed = (line: StoredLine) => ({ ...line, hash: hashOf(line) })
    assert.equal(await forged(([one, two, three]) => [one, hashed(change(two)), three]), 3)
  })

  test('OPS-07: lines that were taken away or put elsewhere are missed, also at the end', async ({
    assert,
  }) => {
    await writeThree()
    assert.equal(await forged(([, two, three]) => [two, three]), 1)
    assert.equal(await forged(([one, , three]) => [one, three]), 2)
    assert.equal(await forged(([one, two, three]) => [one, three, two]), 2)
    await db.from('staff_log_heads').update({ seq: 4 })
    assert.equal(await brokenAt(), 4)
    await db.from('staff_log_heads').delete()
    assert.equal(await brokenAt(), 4)
  })

  test('OPS-07: a line belongs to the change it tells of: both are there or neither', async ({
    assert,
  }) => {
    const staff = await writeThree()
    const failing = db.transaction(async (client) => {
      await StaffLog.write({ staff, action: 'session.store', target: 'c000004' }, client)
      throw new Error('no')
    })
    await assert.rejects(() => failing, 'no')
    await StaffLog.write({ staff: null, action: 'session.store', target: 'c000005' })
    const last = await lines().orderBy('seq', 'desc').firstOrFail()
    assert.equal(`${Number(last.seq)} ${last.actor} ${last.target}`, '4 console c000005')
    assert.isNull(await brokenAt())
  })

  test('OPS-07: staff_log:verify says whether the log is whole, also by its exit status', async ({
    assert,
  }) => {
    ace.ui.switchMode('raw')
    await writeThree()
    const whole = await ace.create(StaffLogVerify, ['--json'])
    await whole.exec()
    assert.equal(whole.exitCode, 0)
    assert.include(inspect(whole.logger.getLogs()), '"lines":3')
    await db.from('staff_log_heads').update({ seq: 2 })
    const broken = await ace.create(StaffLogVerify, [])
    await broken.exec()
    assert.equal(broken.exitCode, 1)
    ace.ui.switchMode('normal')
  })
})
