import testUtils from '@adonisjs/core/services/test_utils'
import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import type { ApiClient } from '@japa/api-client'
import { DateTime } from 'luxon'
import { newKey, publicHalf } from '#compute/panel_key'
import { makeBackupHost, makeBackupTarget } from '#database/factories/backup'
import { makeStaff, makeTenant } from '#database/factories/tenant'
import { offsiteProblems } from '#backup/problem'
import BeginOffsite from '#jobs/begin_offsite'
import BackupTarget from '#models/backup_target'
import BackupTargetRun from '#models/backup_target_run'
import Task from '#models/task'
import messages from '../../resources/lang/ja/messages.json' with { type: 'json' }

const hostKey = publicHalf(newKey(), '').trim()

const fields = {
  offsite_address: 'offsite.example.com',
  offsite_port: '2222',
  offsite_host_key: `${hostKey} root@offsite`,
  offsite_account: 'offsite',
  offsite_path: '/copies/main',
  offsite_generations: '14',
}

async function post(client: ApiClient, path: string, form: Record<string, string> = {}) {
  const staff = await makeStaff()
  const request = client.post(path).form(form).withGuard('staff').loginAs(staff)
  return request.withCsrfToken().redirects(0)
}

test.group('BKP-02: a target elsewhere', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('BKP-02: staff say where copies go; the panel makes the key and the password and keeps both encrypted', async ({
    assert,
    client,
  }) => {
    await makeBackupHost()
    const answer = await post(client, '/staff/backup_targets', fields)
    const target = await BackupTarget.firstOrFail()
    assert.equal(answer.header('location'), `/staff/backup_targets/${target.id}`)
    assert.equal(target.hostKey, hostKey.split(' ').slice(0, 2).join(' '))
    assert.deepInclude(target.toJSON(), { port: 2222, path: '/copies/main', generations: 14 })
    const { password, target: given } = target.secrets
    assert.isAbove(password.length, 30)
    assert.include(given.key, 'PRIVATE KEY')
    const row = JSON.stringify(await db.from('backup_targets').first())
    assert.notInclude(row, password)
    assert.notInclude(row, given.key.split('\n')[4])
    const staff = await makeStaff()
    for (const path of [`/staff/backup_targets/${target.id}`, '/staff/backups']) {
      const page = await client.get(path).withGuard('staff').loginAs(staff)
      page.assertTextIncludes('offsite.example.com')
      assert.notInclude(page.text(), password)
      assert.notInclude(page.text(), given.key.split('\n')[4])
    }
    const second = await post(client, '/staff/backup_targets', fields)
    assert.include(JSON.stringify(second.flashMessages()), 'すでに登録')
    assert.lengthOf(await BackupTarget.all(), 1)
  })

  for (const [field, values] of Object.entries({
    offsite_address: ['', '-oProxyCommand=id', 'a b', 'a\nProxyCommand id', '::1 x'],
    offsite_port: ['0', '65536', 'x'],
    offsite_host_key: ['', 'ssh-ed25519', 'ssh-ed25519 AAAA', 'ssh-dss AAAA', 'a\nb'],
    offsite_account: ['', '-l', 'a b', 'a\nProxyCommand id'],
    offsite_path: ['', '/', 'a b', '-x y', "a';id"],
    offsite_generations: ['0', '367', 'x'],
  })) {
    test(`BKP-02: ${field} is refused at its field when it can’t be`, async ({
      assert,
      client,
    }) => {
      await makeBackupHost()
      for (const value of values) {
        const answer = await post(client, '/staff/backup_targets', { ...fields, [field]: value })
        const errors = answer.flashMessages().inputErrorsBag as Record<string, string[]>
        assert.deepEqual(Object.keys(errors ?? {}), [field], value)
      }
      assert.lengthOf(await BackupTarget.all(), 0)
    })
  }

  test('BKP-02: the password is shown once, in an answer that nobody keeps', async ({
    assert,
    client,
  }) => {
    const target = await makeBackupTarget()
    const path = `/staff/backup_targets/${target.id}/passwords`
    const shown = await post(client, path)
    shown.assertTextIncludes(target.secrets.password)
    assert.include(String(shown.header('cache-control')), 'no-store')
    assert.notInclude(JSON.stringify(shown.session()), target.secrets.password)
    const again = await post(client, path)
    assert.notInclude(again.text(), target.secrets.password)
    assert.include(JSON.stringify(again.flashMessages()), 'すでに一度')
  })

  test('BKP-02: one thing of a kind is asked for at a time; what is queued has no secrets', async ({
    assert,
    client,
  }) => {
    const target = await makeBackupTarget()
    const path = `/staff/backup_targets/${target.id}/runs`
    for (const kind of ['copy', 'copy', 'return', 'delete']) await post(client, path, { kind })
    const runs = await BackupTargetRun.query().orderBy('id')
    assert.deepEqual(
      runs.map(({ kind, state }) => `${kind} ${state}`),
      ['copy waiting', 'return waiting']
    )
    const tasks = await Task.query().where('kind', 'run_offsite').orderBy('id')
    assert.deepEqual(
      tasks.map(({ input }) => input),
      runs.map(({ id }) => ({ runId: id }))
    )
    assert.lengthOf([...new Set(tasks.map(({ lockKey }) => lockKey))], 1)
    // One whose worker is long gone holds nobody up.
    await runs[0].merge({ state: 'running', createdAt: DateTime.utc().minus({ days: 2 }) }).save()
    await post(client, path, { kind: 'copy' })
    await runs[0].refresh()
    assert.equal(runs[0].reason, 'interrupted')
    assert.lengthOf(await BackupTargetRun.query().where('state', 'waiting'), 2)
  })

  test('BKP-02: the clock copies; it looks only at what is there, and says nothing where no target is', async ({
    assert,
  }) => {
    const log = async () => {}
    const begin = (kind: string) => new BeginOffsite().handle({ log, payload: { kind } })
    await begin('copy')
    const target = await makeBackupTarget()
    await begin('check')
    assert.lengthOf(await BackupTargetRun.all(), 0)
    await target.noteCopied(5)
    for (const kind of ['copy', 'copy', 'check']) await begin(kind)
    const runs = await BackupTargetRun.query().orderBy('id')
    assert.deepEqual(
      runs.map(({ kind, requestedBy }) => [kind, requestedBy]),
      [
        ['copy', null],
        ['check', null],
      ]
    )
  })

  test('BKP-02: at another place a repository may be begun, at the same one never again', async ({
    assert,
    client,
  }) => {
    const target = await makeBackupTarget()
    await target.noteCopied(5)
    const path = `/staff/backup_targets/${target.id}?_method=PUT`
    const same = { ...fields, offsite_address: target.address, offsite_path: target.path }
    await post(client, path, { ...same, offsite_generations: '3' })
    await target.refresh()
    assert.equal(target.generations, 3)
    assert.isNotNull(target.startedAt)
    await post(client, path, { ...same, offsite_path: '/copies/second' })
    await target.refresh()
    assert.isNull(target.startedAt)
  })

  test('BKP-02: what went wrong is told on the list, in words for each reason', async ({
    assert,
    client,
  }) => {
    assert.sameMembers(Object.keys(messages.backups.offsite.problems), [
      ...new Set<string>(offsiteProblems),
    ])
    const target = await makeBackupTarget()
    const run = await BackupTargetRun.request(target, 'copy', null)
    await run.fail('host_key', 'words of the machine')
    const staff = await makeStaff()
    const list = await client.get('/staff/backups').withGuard('staff').loginAs(staff)
    list.assertTextIncludes('ホスト鍵が、登録したものと違います')
    const page = await client
      .get(`/staff/backup_targets/${target.id}`)
      .withGuard('staff')
      .loginAs(staff)
    page.assertTextIncludes('words of the machine')
    const end = `/staff/backup_targets/${target.id}?_method=DELETE`
    for (const typed of ['', 'elsewhere']) {
      const kept = await post(client, end, { offsite_confirmation: typed })
      assert.property(kept.flashMessages().inputErrorsBag, 'offsite_confirmation')
    }
    const removed = await post(client, end, { offsite_confirmation: target.address })
    assert.equal(removed.header('location'), '/staff/backups')
    assert.lengthOf(await BackupTarget.all(), 0)
  })

  test('BKP-02: no customer sees or changes it', async ({ assert, client }) => {
    const target = await makeBackupTarget()
    const { contractor } = await makeTenant()
    for (const path of ['', '/edit', '/passwords', '/runs']) {
      const method = path === '' || path === '/edit' ? 'get' : 'post'
      const answer = await client[method](`/staff/backup_targets/${target.id}${path}`)
        .loginAs(contractor)
        .withCsrfToken()
        .redirects(0)
      assert.equal(answer.header('location'), '/staff/sign_in')
    }
    await target.refresh()
    assert.isNull(target.shownAt)
  })
})
