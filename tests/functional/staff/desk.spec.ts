import ace from '@adonisjs/core/services/ace'
import db from '@adonisjs/lucid/services/db'
import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import type { ApiClient } from '@japa/api-client'
import { DateTime } from 'luxon'
import TasksList from '#commands/tasks_list'
import TasksRetry from '#commands/tasks_retry'
import { makeStaff, makeTenant } from '#database/factories/tenant'
import AutomaticCertificate from '#models/automatic_certificate'
import type Staff from '#models/staff'
import StaffLog from '#models/staff_log'
import Task, { type TaskState } from '#models/task'
import { sqlTime } from '#models/task/clock'
import { queriesOf } from '#tests/support/counted_queries'

async function makeTask(kind: string, state: TaskState, at = new Date()) {
  const task = await Task.enqueue({ kind, payload: { serverId: 1 }, runAt: at })
  const over = state === 'failed' ? { finished_at: sqlTime(at), attempts: 5 } : {}
  await db
    .from('tasks')
    .where('id', task.id)
    .update({ state, ...over })
  return task.refresh()
}

const stateOf = (task: Task) => task.refresh().then(({ state }) => state)

const get = (client: ApiClient, path: string, staff: Staff) =>
  client.get(path).withGuard('staff').loginAs(staff)
const post = (client: ApiClient, path: string, staff: Staff) =>
  client.post(path).form({}).withGuard('staff').loginAs(staff).withCsrfToken().redirects(0)

test.group('The staff desk', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())
  group.each.setup(async () => {
    await db.from('tasks').delete()
  })

  test('OPS-07: the home of staff says kindly that nothing waits', async ({ client }) => {
    const page = await get(client, '/staff', await makeStaff('support'))
    page.assertTextIncludes('対応が必要なものはありません')
  })

  test('OPS-07: the home of staff counts what needs a person now, the worst first, each with a link', async ({
    assert,
    client,
  }) => {
    const { contract, domain, server } = await makeTenant()
    await server.merge({ lastRunState: 'rolled_back', putRightAt: DateTime.utc() }).save()
    await makeTask('publish_zone', 'failed')
    await makeTask('publish_zone', 'failed', new Date(Date.now() - 8 * 86_400_000))
    await makeTask('publish_zone', 'queued', new Date(Date.now() - 3_600_000))
    await AutomaticCertificate.create({
      ...{ domainId: domain.id, state: 'failed', failure: 'unreachable', attempts: 3 },
      ...{ names: '[]', ordered: '[]' },
    })
    await db.table('inquiries').insert({
      ...{ contract_id: contract.id, asked_by: 'a', subject: 'a', body: 'a', reply_to: 'a@a.jp' },
      ...{ created_at: sqlTime() },
    })
    await db.table('payment_changes').insert({
      ...{ contract_id: contract.id, open_contract_id: contract.id, method: 'direct_debit' },
      ...{ requested_by: 'a', created_at: sqlTime() },
    })
    const page = await get(client, '/staff', await makeStaff())
    const links = [...page.text().matchAll(/attention__link" href="([^"]+)"[^]*?count">([^<]+)</g)]
    assert.deepEqual(
      links.map(([, url, count]) => `${count} ${url}`),
      [
        '1 /staff/servers?state=unsettled',
        '1 /staff/tasks?state=failed',
        '1 /staff/tasks?state=queued',
        '1 /staff/failing_certificates',
        '1 /staff/servers?state=put_right',
        '1 /staff/inquiries',
        `1 /staff/contracts/${contract.id}`,
      ]
    )
    const certificates = await get(client, '/staff/failing_certificates', await makeStaff())
    certificates.assertTextIncludes(domain.unicodeName)
    certificates.assertTextIncludes('認証局が応答しませんでした')
  })

  test('OPS-07: tasks are listed by state, with a bounded number of queries', async ({
    assert,
    client,
  }) => {
    const staff = await makeStaff('support')
    for (let index = 0; index < 60; index++) await makeTask('publish_zone', 'failed')
    await makeTask('build_server', 'queued')
    const asked = await queriesOf(async () => {
      const page = await get(client, '/staff/tasks', staff)
      page.assertTextIncludes('ゾーンの公開')
      page.assertTextIncludes('これより前のタスク')
    })
    assert.isBelow(asked, 12)
    const waiting = await get(client, '/staff/tasks?state=queued', staff)
    waiting.assertTextIncludes('サーバの作成')
    const nonsense = await get(client, '/staff/tasks?state=x&before=-1', staff)
    nonsense.assertStatus(200)
  })

  test('OPS-07: a failed task is done again as the same task, which staff log', async ({
    assert,
    client,
  }) => {
    const staff = await makeStaff('operator')
    const task = await makeTask('publish_zone', 'failed')
    const page = await get(client, `/staff/tasks/${task.id}`, staff)
    page.assertTextIncludes('もう一度実行する')
    const answer = await post(client, `/staff/tasks/${task.id}/retry`, staff)
    assert.equal(answer.header('location'), `/staff/tasks/${task.id}`)
    await task.refresh()
    assert.equal(`${task.state} ${task.attempts}`, 'queued 0')
    const line = await StaffLog.query().orderBy('seq', 'desc').firstOrFail()
    assert.equal(`${line.actor} ${line.action}`, `${staff.login} task_retry.store`)
    await post(client, `/staff/tasks/${task.id}/retry`, staff)
    assert.lengthOf(await StaffLog.query(), 1)
  })

  test('OPS-07: work that keeps a state of its own is not done again from here, nor taken away', async ({
    assert,
    client,
  }) => {
    const staff = await makeStaff()
    const order = await makeTask('perform_order', 'failed')
    const waiting = await makeTask('build_server', 'queued')
    await post(client, `/staff/tasks/${order.id}/retry`, staff)
    await post(client, `/staff/tasks/${waiting.id}/dismissal`, staff)
    assert.equal(await stateOf(order), 'failed')
    assert.equal(await stateOf(waiting), 'queued')
    const page = await get(client, `/staff/tasks/${order.id}`, staff)
    page.assertTextIncludes('ここからはやり直せません')
  })

  test('OPS-07: a failure that somebody has seen to, and work that comes again, are put aside', async ({
    assert,
    client,
  }) => {
    const staff = await makeStaff()
    const failed = await makeTask('perform_order', 'failed')
    const nightly = await makeTask('converge_servers', 'queued')
    for (const { id } of [failed, nightly]) {
      await post(client, `/staff/tasks/${id}/dismissal`, staff)
    }
    assert.equal(await stateOf(failed), 'cancelled')
    assert.equal(await stateOf(nightly), 'cancelled')
    const home = await get(client, '/staff', staff)
    home.assertTextIncludes('対応が必要なものはありません')
  })

  test('OPS-07: what a worker has taken meanwhile is not taken away from it', async ({
    assert,
    client,
  }) => {
    const task = await makeTask('converge_servers', 'running')
    await post(client, `/staff/tasks/${task.id}/dismissal`, await makeStaff())
    assert.equal(await stateOf(task), 'running')
  })

  test('OPS-07: support looks and answers, operators work, administrators do everything', async ({
    assert,
    client,
  }) => {
    const { server } = await makeTenant()
    const task = await makeTask('publish_zone', 'failed')
    const support = await makeStaff('support')
    const operator = await makeStaff('operator')
    for (const path of [`tasks/${task.id}/retry`, `servers/${server.id}/converges`]) {
      const refused = await post(client, `/staff/${path}`, support)
      assert.equal(refused.status(), 403, path)
      const done = await post(client, `/staff/${path}`, operator)
      assert.equal(done.status(), 302, path)
    }
    for (const path of ['staff_logs', 'prices/create']) {
      const refused = await get(client, `/staff/${path}`, operator)
      assert.equal(refused.status(), 403, path)
      const shown = await get(client, `/staff/${path}`, await makeStaff())
      assert.equal(shown.status(), 200, path)
    }
    const looked = await get(client, `/staff/tasks/${task.id}`, support)
    assert.notInclude(looked.text(), 'もう一度実行する')
  })

  test('OPS-07: administrators read what colleagues did, page by page and by name', async ({
    assert,
    client,
  }) => {
    const staff = await makeStaff()
    const details = { reason: '<b>電話</b>' }
    for (let index = 1; index <= 51; index++) {
      const target = `c${String(index).padStart(6, '0')}`
      await StaffLog.write({ staff, action: 'task_retry.store', target, details, ip: '192.0.2.7' })
    }
    const page = await get(client, '/staff/staff_logs', staff)
    page.assertTextIncludes('タスクの再実行')
    page.assertTextIncludes('&lt;b&gt;電話&lt;/b&gt;')
    page.assertTextIncludes('192.0.2.7')
    assert.notInclude(page.text(), 'c000001')
    const older = await get(client, '/staff/staff_logs?before=2', staff)
    older.assertTextIncludes('c000001')
    const one = await get(client, '/staff/staff_logs?target=c000007&actor=' + staff.login, staff)
    one.assertTextIncludes('c000007')
    assert.notInclude(one.text(), 'c000008')
  })

  test('OPS-07: tasks:list and tasks:retry do for scripts what the pages do', async ({
    assert,
  }) => {
    ace.ui.switchMode('raw')
    const failed = await makeTask('publish_zone', 'failed')
    const order = await makeTask('perform_order', 'failed')
    const list = await ace.create(TasksList, ['--json'])
    await list.exec()
    const [{ message }] = list.logger.getLogs()
    const { tasks, next } = JSON.parse(message)
    assert.deepEqual(
      tasks.map(({ id }: { id: number }) => id),
      [order.id, failed.id]
    )
    assert.isNull(next)
    const refused = await ace.create(TasksList, ['--state=nonsense'])
    await refused.exec()
    assert.equal(refused.exitCode, 1)
    for (const [task, status] of [
      [failed, 0],
      [order, 1],
    ] as const) {
      const retry = await ace.create(TasksRetry, [String(task.id)])
      await retry.exec()
      assert.equal(retry.exitCode, status)
    }
    assert.equal(await stateOf(failed), 'queued')
    const line = await StaffLog.query().orderBy('seq', 'desc').firstOrFail()
    assert.equal(`${line.actor} ${line.action}`, 'console task_retry.store')
    ace.ui.switchMode('normal')
  })
})
