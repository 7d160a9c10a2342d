import testUtils from '@adonisjs/core/services/test_utils'
import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import { DateTime } from 'luxon'
import { makeStaff, makeTenant } from '#database/factories/tenant'
import StaffLog from '#models/staff_log'
import Task from '#models/task'
import { sqlTime } from '#models/task/clock'

const shots = process.env.SHOTS

/** What staff of a small provider find in the morning. */
async function morning() {
  const staff = await makeStaff()
  const { contract, domain, server } = await makeTenant()
  await server.merge({ lastRunState: 'failed', lastConvergedAt: DateTime.utc() }).save()
  const task = await Task.enqueue({ kind: 'publish_zone', payload: {}, serverId: server.id })
  const over = { state: 'failed', finished_at: sqlTime(), attempts: 5 }
  await db
    .from('tasks')
    .where('id', task.id)
    .update({
      ...over,
      error: 'Error: connect ECONNREFUSED 192.0.2.53:8081',
      message: 'しばらくお待ちください。',
    })
  await StaffLog.write({
    staff,
    action: 'task_retry.store',
    target: 'publish_zone #3',
    ip: '192.0.2.9',
  })
  return { staff, contract, domain, server, task }
}

test.group('The staff desk in a browser', (group) => {
  group.each.setup(() => testUtils.db().truncate())

  test('OPS-07: from what needs a person to the task that failed and once more, and to what is searched', async ({
    assert,
    browserContext,
    visit,
  }) => {
    const { staff, contract, domain, server, task } = await morning()
    await browserContext.withGuard('staff').loginAs(staff)
    const page = await visit('/staff')
    const see = async (name: string) => {
      for (const width of [1280, 390]) {
        await page.setViewportSize({ width, height: 900 })
        const wide = await page.evaluate(() => document.documentElement.scrollWidth)
        assert.isAtMost(wide, width, `${name} at ${width}`)
        if (shots) await page.screenshot({ path: `${shots}/${name}-${width}.png`, fullPage: true })
      }
      await page.setViewportSize({ width: 1280, height: 900 })
    }
    await see('home')
    await page.getByRole('link', { name: /失敗したタスク/ }).click()
    await see('tasks')
    await page.getByRole('link', { name: 'ゾーンの公開' }).click()
    await see('task')
    await page.getByRole('button', { name: 'もう一度実行する' }).click()
    await page.getByText('もう一度実行します。').waitFor()
    await task.refresh()
    assert.equal(task.state, 'queued')

    await page.getByLabel('全体から検索').first().fill(domain.name.slice(0, 5))
    await page.getByLabel('全体から検索').first().press('Enter')
    await page.getByRole('link', { name: domain.unicodeName, exact: true }).waitFor()
    await see('search')
    await page.goto(`${page.url().split('/staff')[0]}/staff/servers?q=${contract.code}`)
    await page.getByRole('link', { name: server.name }).waitFor()
    await see('servers')
    await page.goto(`${page.url().split('/staff')[0]}/staff/staff_logs`)
    await page.getByText('タスクの再実行').first().waitFor()
    await see('log')
  }).timeout(60_000)
})
