import testUtils from '@adonisjs/core/services/test_utils'
import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import { DateTime } from 'luxon'
import { databaseRow } from '#database/factories/database'
import { makeBackup, makeBackupHost } from '#database/factories/backup'
import { makeDomain, makeStaff, makeTenant } from '#database/factories/tenant'
import { minuteOf } from '#jobs/copy_servers'
import CopyServers from '#jobs/copy_servers'
import Backup from '#models/backup'
import BackupRestore from '#models/backup_restore'
import { idMap } from '#models/backup/owners'
import { stateOf } from '#models/backup/part'
import Database from '#models/database'
import ServerRebuild from '#models/server_rebuild'
import Task from '#models/task'

test.group('BKP-02: the provider’s backups in the panel', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('BKP-02: a domain admin gets a mailbox back from a generation that is kept', async ({
    assert,
    client,
  }) => {
    const { domain, admin, mailbox } = await makeTenant()
    const backup = await makeBackup(domain)
    const page = await client.get(`/domains/${domain.id}/backup_restores/create`).loginAs(admin)
    page.assertTextIncludes(mailbox.localPart)
    const answer = await client
      .post(`/domains/${domain.id}/backup_restores`)
      .form({ generation: backup.id, what: `mailbox:${mailbox.localPart}` })
      .loginAs(admin)
      .withCsrfToken()
      .redirects(0)
    const restore = await BackupRestore.findByOrFail('domainId', domain.id)
    assert.equal(answer.header('location'), `/domains/${domain.id}/backup_restores/${restore.id}`)
    assert.deepInclude(restore.toJSON(), {
      kind: 'mailbox',
      part: mailbox.localPart,
      state: 'waiting',
    })
    const task = await Task.findOrFail(restore.taskId)
    assert.equal(task.kind, 'run_restore')
    const line = await db.from('operation_logs').where('action', 'backup_restores.mailbox').first()
    assert.include(line.target, mailbox.localPart)
    const shown = await client.get(String(answer.header('location'))).loginAs(admin)
    shown.assertStatus(200)
  })

  test('BKP-02: a mailbox is typed, with its whole address or without; one thing is brought back at a time', async ({
    assert,
    client,
  }) => {
    const { domain, admin, mailbox } = await makeTenant()
    const { id: generation } = await makeBackup(domain)
    const post = (fields: Record<string, string>) =>
      client
        .post(`/domains/${domain.id}/backup_restores`)
        .form({ generation, ...fields })
        .loginAs(admin)
        .withCsrfToken()
        .redirects(0)
    const nothing = await post({ mailbox: '', database: '' })
    assert.include(JSON.stringify(nothing.flashMessages()), '選んでください')
    const both = await post({ mailbox: mailbox.localPart, database: 'shop' })
    assert.include(JSON.stringify(both.flashMessages()), 'どちらか一方')
    const unknown = await post({ mailbox: 'nobody' })
    assert.include(JSON.stringify(unknown.flashMessages()), '戻す先の')
    assert.lengthOf(await BackupRestore.all(), 0)
    await post({ mailbox: ` ${mailbox.localPart.toUpperCase()}@${domain.name} ` })
    const restore = await BackupRestore.firstOrFail()
    assert.deepInclude(restore.toJSON(), { kind: 'mailbox', part: mailbox.localPart })
  })

  test('BKP-02: before a database is replaced a page says what goes; nothing is done until it is confirmed', async ({
    assert,
    client,
  }) => {
    const { domain, admin } = await makeTenant()
    const stranger = await makeTenant()
    const backup = await makeBackup(domain)
    const row = await Database.create(databaseRow(domain))
    const name = row.name.slice(`d${domain.id}_`.length)
    const answer = await client
      .post(`/domains/${domain.id}/backup_restores`)
      .form({ generation: backup.id, database: name })
      .loginAs(admin)
      .withCsrfToken()
      .redirects(0)
    const page = String(answer.header('location'))
    assert.include(page, `generation=${backup.id}&database=${name}`)
    assert.lengthOf(await BackupRestore.all(), 0)
    const shown = await client.get(page).loginAs(admin)
    shown.assertTextIncludes('すべて失われます')
    // This backup has no dump of it.
    shown.assertTextIncludes('このデータベースがありません')
    await backup.merge({ parts: `[{"name":"database/${name}","result":"done"}]` }).save()
    const usable = await client.get(page).loginAs(admin)
    assert.notInclude(usable.text(), 'このデータベースがありません')
    const foreign = await client.get(page).loginAs(stranger.admin)
    foreign.assertStatus(404)
    await client
      .post(`/domains/${domain.id}/backup_restores`)
      .form({ generation: backup.id, what: `database:${name}` })
      .loginAs(admin)
      .withCsrfToken()
    const restore = await BackupRestore.firstOrFail()
    assert.deepInclude(restore.toJSON(), { kind: 'database', part: name })
  })

  test('BKP-02: asked twice while it is under way it is done once', async ({ assert, client }) => {
    const { domain, admin, mailbox } = await makeTenant()
    const backup = await makeBackup(domain)
    for (let left = 2; left > 0; left--) {
      await client
        .post(`/domains/${domain.id}/backup_restores`)
        .form({ generation: backup.id, what: `mailbox:${mailbox.localPart}` })
        .loginAs(admin)
        .withCsrfToken()
    }
    const rows = await BackupRestore.query().where('domainId', domain.id)
    assert.lengthOf(rows, 1)
  })

  for (const [what, change] of [
    ['of another domain', { domainId: 999_999 }],
    ['that is not kept any more', { removedAt: DateTime.utc() }],
    ['that failed', { state: 'failed' as const }],
  ] as const) {
    test(`BKP-02: nothing comes back from a generation ${what}`, async ({ assert, client }) => {
      const { domain, contractor, mailbox } = await makeTenant()
      const backup = await makeBackup(domain)
      await backup.merge(change).save()
      const answer = await client
        .post(`/domains/${domain.id}/backup_restores`)
        .form({ generation: backup.id, what: `mailbox:${mailbox.localPart}` })
        .loginAs(contractor)
        .withCsrfToken()
        .redirects(0)
      assert.include(JSON.stringify(answer.flashMessages()), 'もうありません')
      assert.lengthOf(await BackupRestore.query().where('domainId', domain.id), 0)
    })
  }

  test('BKP-02: nothing comes back into a mailbox or a database that is not there, or is somebody else’s', async ({
    assert,
    client,
  }) => {
    const { domain, contractor } = await makeTenant()
    const other = await makeTenant()
    await Database.create(databaseRow(other.domain))
    const backup = await makeBackup(domain)
    for (const what of ['mailbox:nobody', 'database:shop']) {
      const answer = await client
        .post(`/domains/${domain.id}/backup_restores`)
        .form({ generation: backup.id, what })
        .loginAs(contractor)
        .withCsrfToken()
        .redirects(0)
      assert.include(JSON.stringify(answer.flashMessages()), '戻す先の')
    }
    assert.lengthOf(await BackupRestore.all(), 0)
  })

  test('BKP-02: staff see what failed and what was not copied at all, and restore everything into another domain of the contract', async ({
    assert,
    client,
  }) => {
    const staff = await makeStaff()
    const { domain, server } = await makeTenant()
    const stranger = await makeTenant()
    const backup = await makeBackup(domain)
    const failed = await makeBackup(stranger.domain, 'failed')
    await failed.merge({ reason: 'unreachable' }).save()
    const { domain: forgotten } = await makeDomain(server)
    await forgotten.merge({ createdAt: DateTime.utc().minus({ days: 3 }) }).save()
    const list = await client.get('/staff/backups').withGuard('staff').loginAs(staff)
    list.assertTextIncludes(domain.unicodeName)
    list.assertTextIncludes('1日半以上')
    // Also a server that was never copied has its line and its button.
    const { server: fresh } = await makeTenant()
    const again = await client.get('/staff/backups').withGuard('staff').loginAs(staff)
    again.assertTextIncludes(`action="/staff/servers/${fresh.id}/backups"`)
    again.assertTextIncludes('まだありません')
    list.assertTextIncludes(forgotten.unicodeName)
    const page = await client.get(`/staff/backups/${failed.id}`).withGuard('staff').loginAs(staff)
    page.assertTextIncludes('接続できませんでした')

    const ask = (target: number) =>
      client
        .post(`/staff/backups/${backup.id}/restores`)
        .form({ target })
        .withGuard('staff')
        .loginAs(staff)
        .withCsrfToken()
        .redirects(0)
    await ask(stranger.domain.id)
    assert.lengthOf(await BackupRestore.all(), 0)
    const answer = await ask(forgotten.id)
    const restore = await BackupRestore.firstOrFail()
    assert.equal(answer.header('location'), `/staff/backup_restores/${restore.id}`)
    assert.deepInclude(restore.toJSON(), { kind: 'everything', domainId: forgotten.id })
    const shown = await client
      .get(`/staff/backup_restores/${restore.id}`)
      .withGuard('staff')
      .loginAs(staff)
    shown.assertStatus(200)
  })

  test('BKP-02: staff say how many generations are kept', async ({ assert, client }) => {
    const staff = await makeStaff()
    const host = await makeBackupHost()
    for (const generations of ['7', '0', '32', 'x']) {
      await client
        .post(`/staff/backup_hosts/${host.id}?_method=PUT`)
        .form({ generations })
        .withGuard('staff')
        .loginAs(staff)
        .withCsrfToken()
        .redirects(0)
    }
    await host.refresh()
    assert.equal(host.generations, 7)
  })

  test('BKP-02: servers are read between one and five, each at a moment of its own that is the same every night', async ({
    assert,
  }) => {
    const minutes = Array.from({ length: 40 }, (_, index) => minuteOf(index + 1))
    assert.isTrue(minutes.every((minute) => minute >= 0 && minute < 240))
    const sorted = minutes.toSorted((one, other) => one - other)
    const gaps = sorted.slice(1).map((minute, index) => minute - sorted[index])
    assert.isBelow(Math.max(...gaps), 12)
    await makeBackupHost()
    const { server } = await makeTenant()
    await server.merge({ hostKey: 'ssh-ed25519 AAAA' }).save()
    const job = new CopyServers()
    for (let left = 2; left > 0; left--) await job.handle({ log: async () => {} })
    assert.lengthOf(await Task.query().where({ kind: 'copy_server', serverId: server.id }), 1)
  })

  test('DOM-05: copies of a domain that is gone stay a month, for whoever deleted it by mistake', async ({
    assert,
  }) => {
    const { domain, contractor } = await makeTenant()
    const backup = await makeBackup(domain)
    await domain.remove({ by: contractor, ip: null })
    await backup.refresh()
    assert.approximately(backup.endsAt!.diffNow('days').days, 30, 0.1)
    assert.isNotNull(await Backup.usable(backup.id))
  })

  test('BKP-02: ids find their owners by name on another server, and nothing becomes root’s', ({
    assert,
  }) => {
    const before = { 'domain': 20001, 'mailbox:sato': 20002, 'mailbox:gone': 20003 }
    const now = { 'domain': 30001, 'mailbox:sato': 30005 }
    assert.equal(idMap(before, now, 30001), '20001:30001,20002:30005,0-4294967294:30001')
  })

  test('BKP-02: one part that is missing stops no other and is told', ({ assert }) => {
    const done = { name: 'html', result: 'done' }
    assert.equal(stateOf([done]), 'done')
    assert.equal(stateOf([done, { name: 'tmp', result: 'missing' }]), 'partial')
    assert.equal(stateOf([{ name: 'tmp', result: 'missing' }]), 'failed')
    assert.equal(stateOf([]), 'failed')
  })

  test('BKP-02: a lost server is made anew by staff who type its name; what is done with its machine ends at once', async ({
    assert,
    client,
  }) => {
    const staff = await makeStaff()
    const { domain, server } = await makeTenant()
    const backup = await makeBackup(domain)
    await makeBackup(domain, 'failed')
    const { domain: forgotten } = await makeDomain(server)
    await server.merge({ hostKey: 'ssh-ed25519 AAAA', state: 'running' }).save()
    const page = await client
      .get(`/staff/servers/${server.id}/rebuilds/create`)
      .withGuard('staff')
      .loginAs(staff)
    page.assertTextIncludes(`/staff/backups/${backup.id}`)
    page.assertTextIncludes(forgotten.unicodeName)
    page.assertTextIncludes('空になります')
    const post = (name: string) =>
      client
        .post(`/staff/servers/${server.id}/rebuilds`)
        .form({ name })
        .withGuard('staff')
        .loginAs(staff)
        .withCsrfToken()
        .redirects(0)
    const wrong = await post('msv999999')
    assert.include(JSON.stringify(wrong.flashMessages()), 'サーバ名が違います')
    assert.lengthOf(await ServerRebuild.all(), 0)
    const right = await post(server.name)
    const rebuild = await ServerRebuild.firstOrFail()
    assert.equal(right.header('location'), `/staff/server_rebuilds/${rebuild.id}`)
    await server.refresh()
    assert.deepInclude(server.toJSON(), { state: 'building', hostKey: null })
    const task = await Task.findOrFail(rebuild.taskId)
    assert.deepInclude(task.toJSON(), { kind: 'rebuild_server', lockKey: `server:${server.id}` })
    assert.isNotNull(
      await db.from('operation_logs').where('action', 'server_rebuild.store').first()
    )
    const twice = await post(server.name)
    assert.include(JSON.stringify(twice.flashMessages()), 'いま作成しています')
    assert.lengthOf(await ServerRebuild.all(), 1)

    // When the machine is there, everything of which there is a whole copy is asked for, once.
    for (let left = 2; left > 0; left--) await rebuild.restoreAll()
    const restores = await rebuild.related('restores').query()
    assert.deepEqual(
      restores.map(({ kind, backupId, domainId }) => [kind, backupId, domainId]),
      [['everything', backup.id, domain.id]]
    )
    const shown = await client
      .get(`/staff/server_rebuilds/${rebuild.id}`)
      .withGuard('staff')
      .loginAs(staff)
    shown.assertTextIncludes('作成済み')
  })

  test('BKP-02: a machine that is not ours to make is not made anew', async ({
    assert,
    client,
  }) => {
    const { server } = await makeTenant()
    await server.merge({ kind: 'physical' }).save()
    const answer = await client
      .post(`/staff/servers/${server.id}/rebuilds`)
      .form({ name: server.name })
      .withGuard('staff')
      .loginAs(await makeStaff())
      .withCsrfToken()
      .redirects(0)
    assert.include(JSON.stringify(answer.flashMessages()), '物理専有')
    assert.lengthOf(await ServerRebuild.all(), 0)
  })
})
