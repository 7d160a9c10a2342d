import testUtils from '@adonisjs/core/services/test_utils'
import mail from '@adonisjs/mail/services/main'
import { test } from '@japa/runner'
import type { ApiClient } from '@japa/api-client'
import { DateTime } from 'luxon'
import { makeTenant, type Tenant } from '#database/factories/tenant'
import type { RestoredPart, StoredPart } from '#convergence/agent/backup_requests'
import type Account from '#models/account'
import ContentBackup from '#models/content_backup'
import ContentRestore from '#models/content_restore'
import { progressOfRestore } from '#models/content_restore/progress'
import OperationLog from '#models/operation_log'
import Task from '#models/task'
import { tellOfFailedBackups } from '#mails/backup_failure'
import { answerWith } from '#monitoring/questions'

const base = ({ domain }: Pick<Tenant, 'domain'>) => `/domains/${domain.id}/backups`
const encoded = (path: string) => Buffer.from(path).toString('base64url')

function post(client: ApiClient, by: Account, path: string, input: object = {}) {
  return client
    .post(path)
    .header('referer', path)
    .form(input)
    .loginAs(by)
    .withCsrfToken()
    .redirects(0)
}

const figures = {
  ...{ new: 0, changed: 0, touched: 0, deleted: 0, bytes: 0, files: 3, size: 4096, needed: 0 },
  ...{ names: [], problems: [], problemCount: 0 },
}
const stored = (name: string, more: Partial<StoredPart> = {}): StoredPart => ({
  ...figures,
  name,
  state: 'done',
  ...more,
})
const part = (shown: string, more: Partial<RestoredPart> = {}): RestoredPart => ({
  ...figures,
  path: encoded(shown),
  shown,
  state: 'done',
  ...more,
})

const overwriting = part('html', {
  changed: 1,
  bytes: 2048,
  needed: 4096,
  names: [['changed', 'html/<b>.php']],
})

test.group('Backups of a domain', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())
  let told: unknown
  group.each.setup(() => {
    told = { state: 'there', complete: true, entries: [] }
    return answerWith(async () => told)
  })

  async function lookedAt({ domain }: Tenant, room: number | null = 1_000_000) {
    const row = await ContentRestore.create({
      domainId: domain.id,
      state: 'looking',
      madeBy: 'admin',
      chosen: JSON.stringify([encoded('html')]),
      deletes: true,
    })
    await row.looked({ parts: [overwriting], room })
    return row
  }

  for (const role of ['contractor', 'admin'] as const) {
    test(`BKP-01: ${role} sees when it was backed up, what was not, and restores in two steps`, async ({
      assert,
      client,
    }) => {
      const tenant = await makeTenant()
      const { domain } = tenant
      const by = tenant[role]
      const before = await client.get(base(tenant)).loginAs(by)
      before.assertTextIncludes('まだ取得していません')
      const backup = await ContentBackup.begin(domain, '2026-11-22')
      const problems = [['unreadable', 'var/<i>secret']] as const
      await backup.end([stored('html'), stored('var', { problems, problemCount: 1 })])
      assert.equal(backup.state, 'partial')
      const page = await client.get(base(tenant)).loginAs(by)
      page.assertTextIncludes('var/&lt;i&gt;secret')
      page.assertTextIncludes('一部を除いて取得')

      told = {
        state: 'there',
        complete: false,
        entries: [
          { path: encoded('html'), name: 'html', kind: 'directory', bytes: 0, at: 1_795_000_000 },
        ],
      }
      const entries = await client.get(`${base(tenant)}/entries`).loginAs(by)
      entries.assertTextIncludes(encoded('html'))
      entries.assertTextIncludes('一部だけを表示しています')

      const chosen = { 'chosen[]': encoded('html'), 'deletes': 'true' }
      const begun = await post(client, by, `${base(tenant)}/restores`, chosen)
      const restore = await ContentRestore.findByOrFail('domainId', domain.id)
      begun.assertHeader('location', `${base(tenant)}/restores/${restore.id}`)
      assert.deepEqual(
        [restore.state, restore.deletes, restore.madeBy],
        ['looking', true, by.login]
      )
      // Looking changes nothing, so it is in no log.
      assert.isNull(await OperationLog.findBy('action', 'content_restore.store'))

      await restore.looked({ parts: [overwriting], room: 1_000_000 })
      const shown = await client.get(`${base(tenant)}/restores/${restore.id}`).loginAs(by)
      shown.assertTextIncludes('html/&lt;b&gt;.php')
      shown.assertTextIncludes('この内容で戻す')
      await post(client, by, `${base(tenant)}/restores/${restore.id}/confirmation`)
      await restore.refresh()
      assert.equal(restore.state, 'restoring')
      const [look, run] = await Task.query().where('kind', 'run_content_restore').orderBy('id')
      assert.deepEqual(
        [look.input, run.input],
        [{ restoreId: restore.id }, { restoreId: restore.id }]
      )
      const line = await OperationLog.findByOrFail('action', 'content_restore.store')
      assert.equal(line.domainId, domain.id)

      await restore.end([overwriting])
      const after = await client.get(`${base(tenant)}/restores/${restore.id}`).loginAs(by)
      after.assertTextIncludes('バックアップの内容に戻しました')
      assert.notInclude(after.text(), 'この内容で戻す')
    })
  }

  test('BKP-01: a second click restores once, and only one restore of a domain is under way', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const { admin } = tenant
    const restore = await lookedAt(tenant)
    const path = `${base(tenant)}/restores/${restore.id}/confirmation`
    await post(client, admin, path)
    const again = await post(client, admin, path)
    again.assertFlashMissing('success')
    assert.lengthOf(await Task.query().where('kind', 'run_content_restore'), 1)
    const other = await post(client, admin, `${base(tenant)}/restores`, {
      'chosen[]': encoded('var'),
    })
    assert.include(JSON.stringify(other.flashMessages()), '復元がまだ終わっていません')
    assert.lengthOf(await ContentRestore.query(), 1)
  })

  test('BKP-01: what was seen an hour ago, or does not fit, is not carried out', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const old = await lookedAt(tenant)
    await old.merge({ lookedAt: DateTime.now().minus({ minutes: 61 }) }).save()
    const large = await lookedAt(tenant, 4095)
    for (const [row, words] of [
      [old, '1時間'],
      [large, '空き容量'],
    ] as const) {
      const path = `${base(tenant)}/restores/${row.id}/confirmation`
      const refused = await post(client, tenant.admin, path)
      assert.include(JSON.stringify(refused.flashMessages()), words)
      const page = await client.get(`${base(tenant)}/restores/${row.id}`).loginAs(tenant.admin)
      assert.notInclude(page.text(), 'この内容で戻す')
    }
    assert.lengthOf(await Task.query().where('kind', 'run_content_restore'), 0)
  })

  test('BKP-01: nothing chosen, too much chosen and nonsense are refused', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const path = `${base(tenant)}/restores`
    const many = Object.fromEntries(
      Array.from({ length: 101 }, (_, index) => [`chosen[${index}]`, encoded(`html/${index}`)])
    )
    for (const input of [{}, many, { 'chosen[]': '../etc' }]) {
      const refused = await post(client, tenant.admin, path, input)
      refused.assertStatus(302)
    }
    assert.lengthOf(await ContentRestore.query(), 0)
    const page = await client
      .get(`${base(tenant)}/entries`)
      .qs({ path: '../../etc' })
      .loginAs(tenant.admin)
    page.assertStatus(200)
  })

  test('BKP-01: a server that does not answer, or has no storage, is said so', async ({
    client,
  }) => {
    const tenant = await makeTenant()
    told = { state: 'no_storage', complete: true, entries: [] }
    const none = await client.get(`${base(tenant)}/entries`).loginAs(tenant.admin)
    none.assertTextIncludes('バックアップの保存先に接続できません')
    told = { state: 'there', complete: true, entries: [{ kind: 'socket' }] }
    const garbled = await client.get(`${base(tenant)}/entries`).loginAs(tenant.admin)
    garbled.assertTextIncludes('正しい応答がありませんでした')
    const row = await ContentBackup.begin(tenant.domain, '2026-11-22')
    await row.fail('no_storage')
    const page = await client.get(base(tenant)).loginAs(tenant.admin)
    page.assertTextIncludes('2026/11/22 は取得できませんでした')
  })

  test('BKP-01: a restore whose worker was killed too often is over, and another may begin', async ({
    assert,
  }) => {
    const tenant = await makeTenant()
    const actor = { by: tenant.admin, ip: null }
    const wish = { paths: [encoded('html')], deletes: false }
    const lost = await ContentRestore.begin(tenant.domain, wish, actor)
    await Task.query().where('id', Number(lost.taskId)).update({ state: 'failed' })
    const next = await ContentRestore.begin(tenant.domain, wish, actor)
    await lost.refresh()
    assert.deepEqual([lost.state, lost.failure], ['failed', 'cut_off'])
    const progress = await progressOfRestore(next.id)
    assert.equal(progress?.message, 'バックアップと現在の内容を比べています。')
  })

  test('BKP-01: one of several that is missing makes it partial; all of them, failed', async ({
    assert,
  }) => {
    const tenant = await makeTenant()
    const row = await lookedAt(tenant)
    await row.end([overwriting, part('var', { state: 'missing' })])
    assert.equal(row.state, 'partial')
    await row.end([part('var', { state: 'missing' })])
    assert.equal(row.state, 'failed')
  })

  test('BKP-01: whose night brought no backup gets a mail in the morning, once, and again only after a good night or a week', async ({
    assert,
    cleanup,
  }) => {
    const { messages } = mail.fake()
    cleanup(() => mail.restore())
    const { domain, server } = await makeTenant()
    const well = await makeTenant()
    const night = async (of: typeof domain, day: string, state: 'done' | 'failed' | 'partial') => {
      const row = await ContentBackup.begin(of, day)
      if (state === 'failed') return row.fail('too_long')
      const none = { new: 0, changed: 0, touched: 0, deleted: 0, bytes: 0, files: 1, size: 0 }
      const problems = state === 'partial' ? ([['large' as const, 'html/hu\tge']] as const) : []
      const rest = { needed: 0, names: [], problems, problemCount: problems.length }
      await row.end([{ name: 'html', state: 'done', ...none, ...rest }])
    }
    const toldOn = async (day: string) => {
      const before = messages.sent().length
      const { signal } = new AbortController()
      for (let left = 2; left > 0; left--)
        assert.deepEqual(await tellOfFailedBackups(day, signal), [])
      return messages.sent().length - before
    }
    await night(domain, '2026-11-01', 'failed')
    await night(well.domain, '2026-11-01', 'done')
    assert.equal(await toldOn('2026-11-01'), 1)
    const textOf = (index: number) => JSON.stringify(messages.sent().at(index))
    assert.include(textOf(0), `admin@${domain.name}`)
    assert.include(textOf(0), '2026年11月1日')
    assert.include(textOf(0), '時間内に終わりませんでした')
    await night(domain, '2026-11-02', 'failed')
    assert.equal(await toldOn('2026-11-02'), 0)
    await night(domain, '2026-11-03', 'done')
    await night(domain, '2026-11-04', 'partial')
    assert.equal(await toldOn('2026-11-04'), 1)
    assert.include(textOf(-1), 'html/hu ge：見かけの大きさ')
    assert.equal(server.id, domain.serverId)
    for (const day of ['05', '06', '07', '08', '09', '10', '11']) {
      await night(domain, `2026-11-${day}`, 'failed')
      assert.equal(await toldOn(`2026-11-${day}`), 0, day)
    }
    await night(domain, '2026-11-12', 'failed')
    assert.equal(await toldOn('2026-11-12'), 1)
  })
})
