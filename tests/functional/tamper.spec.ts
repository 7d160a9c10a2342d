import db from '@adonisjs/lucid/services/db'
import mail from '@adonisjs/mail/services/main'
import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import type { ApiClient } from '@japa/api-client'
import { DateTime } from 'luxon'
import { makeDeletion, makeDomain, makeTenant, type Tenant } from '#database/factories/tenant'
import { tellOfTampering } from '#mails/tampering'
import type Account from '#models/account'
import Domain from '#models/domain'
import OperationLog from '#models/operation_log'
import StagingChange from '#models/staging_change'
import TamperLook, { type LookKind, type LookOutcome } from '#models/tamper_look'
import { progressOfLook } from '#models/tamper_look/progress'
import type { Finding } from '#models/tamper_look/report'
import TamperWatch from '#models/tamper_watch'
import { beginDueLooks } from '#models/tamper_watch/due'
import { nextMoment } from '#models/tamper_watch/time_of_day'
import Task from '#models/task'
import { sqlTime } from '#models/task/clock'

const base = ({ domain }: Tenant) => `/domains/${domain.id}/web/tamper`

const wish = {
  tamper_watch: 'on',
  look_time: '03:30',
  tamper_addresses: 'watch@example.com\nother@example.net',
  tamper_telling: 'once',
}

function send(client: ApiClient, by: Account, path: string, input: object, method = 'POST') {
  return client
    .post(method === 'POST' ? path : `${path}?_method=${method}`)
    .header('referer', path)
    .form(input)
    .loginAs(by)
    .withCsrfToken()
    .redirects(0)
}

const save = (client: ApiClient, tenant: Tenant, more: object = {}, by = tenant.admin) =>
  send(client, by, `${base(tenant)}/settings`, { ...wish, ...more }, 'PUT')

const watchOf = ({ domain }: Tenant) => TamperWatch.findByOrFail('domainId', domain.id)
async function baselineOf(tenant: Tenant) {
  const { baselineLookId } = await watchOf(tenant)
  return baselineLookId
}

const looksOf = ({ domain }: Tenant) =>
  TamperLook.query().where('domain_id', domain.id).orderBy('id')
const tasksOf = (lookId: number) =>
  Task.query()
    .where({ kind: 'look_for_tampering', payload: JSON.stringify({ lookId }) })
    .count('* as total')
    .firstOrFail()

const facts = { bytes: 10, mode: 0o644, at: 1_763_800_000, digest: 'a'.repeat(64), target: null }

const finding = (name: string, more: Partial<Finding> = {}): Finding => ({
  directory: 'html',
  name,
  state: 'added',
  kind: 'file',
  aspects: [],
  before: null,
  after: facts,
  diff: [['+', '<?php <b>evil</b>']],
  noDiff: null,
  ...more,
})

const outcome = (more: Partial<LookOutcome> = {}): LookOutcome => ({
  baseline: null,
  added: 0,
  removed: 0,
  changed: 0,
  unread: 0,
  files: 12,
  bytes: 3456,
  saved: true,
  report: { findings: [], unlisted: 0, moved: [] },
  ...more,
})

const found = (names = ['evil.php'], unlisted = 0) =>
  outcome({
    added: names.length + unlisted,
    report: { findings: names.map((name) => finding(name)), unlisted, moved: [] },
  })

async function lookAt(tenant: Tenant, kind: LookKind, result: LookOutcome): Promise<TamperLook> {
  const look = await db.transaction((client) => TamperLook.begin(tenant.domain, kind, null, client))
  await look.finish(result)
  return TamperLook.query().where('id', look.id).preload('domain').firstOrFail()
}

/** As somebody who turned it on, and the first look is over. */
async function watched(client: ApiClient, more: object = {}) {
  const tenant = await makeTenant()
  await save(client, tenant, more)
  const [first] = await looksOf(tenant)
  await first.finish(outcome({ baseline: 'first' }))
  return { tenant, first }
}

test.group('Tamper detection', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())
  let messages: ReturnType<typeof mail.fake>['messages']
  group.each.setup(() => {
    ;({ messages } = mail.fake())
    return () => mail.restore()
  })

  for (const role of ['contractor', 'admin'] as const) {
    test(`WEB-07: ${role} turns it on, the first look begins at once, and off again`, async ({
      assert,
      client,
    }) => {
      const tenant = await makeTenant()
      const before = await client.get(base(tenant)).loginAs(tenant[role])
      before.assertTextIncludes('使わない')
      const answer = await save(client, tenant, {}, tenant[role])
      answer.assertHeader('location', base(tenant))
      const watch = await watchOf(tenant)
      assert.deepEqual(
        [watch.enabled, watch.minute, watch.told, watch.keepsBaseline],
        [true, 210, ['watch@example.com', 'other@example.net'], false]
      )
      assert.isAbove(watch.nextLookAt!.toMillis(), Date.now())
      assert.equal(watch.nextLookAt!.setZone('Asia/Tokyo').toFormat('HH:mm'), '03:30')
      const looks = await looksOf(tenant)
      assert.deepEqual(
        looks.map(({ kind, state, madeBy }) => [kind, state, madeBy]),
        [['hand', 'looking', tenant[role].login]]
      )
      const log = await OperationLog.query().orderBy('id', 'desc').firstOrFail()
      assert.deepEqual([log.action, log.succeeded], ['tamper_watch.update', true])
      const page = await client.get(base(tenant)).loginAs(tenant[role])
      page.assertTextIncludes('毎日 03:30 に確認する')
      page.assertTextIncludes('watch@example.com')
      page.assertTextIncludes('ファイルを確認しています')

      await save(client, tenant, { tamper_watch: 'off' }, tenant[role])
      await watch.refresh()
      assert.deepEqual([watch.enabled, watch.nextLookAt], [false, null])
      assert.equal(await beginDueLooks(new Date(Date.now() + 2 * 86_400_000)), 0)
    })
  }

  test('WEB-07: what was saved already is saved again without a line in the log', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    await save(client, tenant)
    const { total } = await OperationLog.query().count('* as total').pojo<any>().firstOrFail()
    const again = await save(client, tenant)
    assert.match(JSON.stringify(again.flashMessages()), /変更はありませんでした/)
    const { total: now } = await OperationLog.query().count('* as total').pojo<any>().firstOrFail()
    assert.equal(now, total)
    assert.lengthOf(await looksOf(tenant), 1)
  })

  test('WEB-07: a wrong time or address is told at its field, and nothing is saved', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const mistakes: [string, string][] = [
      ...['24:00', '3:60', '3', '', 'noon', '03:30:00', '-1:00', '9:5'].map(
        (time): [string, string] => ['look_time', time]
      ),
      ...['', 'nobody', 'a@b@c.jp', 'a@localhost', 'x@example.com\nBcc: y'].map(
        (text): [string, string] => ['tamper_addresses', text]
      ),
      ['tamper_addresses', Array.from({ length: 11 }, (_, n) => `a${n}@example.com`).join('\n')],
      ['tamper_watch', 'maybe'],
      ['tamper_telling', 'never'],
    ]
    for (const [field, value] of mistakes) {
      const answer = await save(client, tenant, { [field]: value })
      assert.property(answer.flashMessage('inputErrorsBag'), field, JSON.stringify(value))
    }
    assert.isNull(await TamperWatch.findBy('domainId', tenant.domain.id))
    await save(client, tenant, { look_time: '９：０５' })
    const { minute } = await watchOf(tenant)
    assert.equal(minute, 545)
  })

  test('WEB-07: each time of day comes once a day; one that was missed is made up for once', async ({
    assert,
    client,
  }) => {
    const { tenant } = await watched(client)
    const watch = await watchOf(tenant)
    const due = watch.nextLookAt!
    assert.equal(await beginDueLooks(due.minus({ seconds: 1 }).toJSDate()), 0)
    const late = due.plus({ days: 3, hours: 2 })
    assert.equal(await beginDueLooks(late.toJSDate()), 1)
    assert.equal(await beginDueLooks(late.toJSDate()), 0)
    await watch.refresh()
    assert.equal(watch.nextLookAt!.toMillis(), due.plus({ days: 4 }).toMillis())
    const looks = await looksOf(tenant)
    assert.deepEqual(
      looks.map(({ kind }) => kind),
      ['hand', 'daily']
    )
    const { $extras } = await tasksOf(looks[1].id)
    assert.equal(Number($extras.total), 1)
  })

  test('WEB-07: a daily look that would begin while another is under way follows it', async ({
    assert,
    client,
  }) => {
    const { tenant } = await watched(client)
    await send(client, tenant.admin, `${base(tenant)}/looks`, {})
    const late = new Date(Date.now() + 2 * 86_400_000)
    assert.equal(await beginDueLooks(late), 0)
    const [, running] = await looksOf(tenant)
    await running.finish(outcome())
    assert.equal(await beginDueLooks(late), 1)
  })

  test('WEB-07: of many domains at the same minute only a few have hands at once', async ({
    assert,
  }) => {
    const lanes = new Set<string | null>()
    for (let serverId = 1; serverId <= 20; serverId++) {
      const { domain } = await makeTenant()
      const of = { id: domain.id, serverId }
      const look = await db.transaction((client) => TamperLook.begin(of, 'daily', null, client))
      const task = await Task.findOrFail(Number(look.taskId))
      lanes.add(task.lockKey)
    }
    assert.equal(lanes.size, 3)
  })

  test('WEB-07: domains that wait for their deletion are left alone, and made up for when restored', async ({
    assert,
    client,
  }) => {
    const { tenant } = await watched(client)
    const deletion = await makeDeletion(tenant.domain)
    const late = new Date(Date.now() + 2 * 86_400_000)
    assert.equal(await beginDueLooks(late), 0)
    const refused = await send(client, tenant.contractor, `${base(tenant)}/looks`, {})
    assert.notEqual(refused.status(), 200)
    assert.lengthOf(await looksOf(tenant), 1)
    await deletion.delete()
    assert.equal(await beginDueLooks(late), 1)
    await tenant.domain.merge({ deletedAt: DateTime.utc() }).save()
    await db.from('tamper_watches').update({ next_look_at: sqlTime(0) })
    assert.equal(await beginDueLooks(late), 0)
  })

  test('WEB-07: with the domain goes everything that was found', async ({ assert, client }) => {
    const { tenant } = await watched(client)
    await tenant.domain.remove({ by: tenant.contractor, ip: null })
    await db.transaction((trx) => Domain.forget([tenant.domain.id], trx))
    assert.lengthOf(await looksOf(tenant), 0)
    assert.isNull(await TamperWatch.findBy('domainId', tenant.domain.id))
  })

  test('WEB-07: changes are mailed to each address once, with the first names and how many more', async ({
    assert,
    client,
  }) => {
    const { tenant } = await watched(client)
    const names = Array.from({ length: 70 }, (_, n) => `of-${n}.php`)
    const look = await lookAt(tenant, 'daily', found(names, 1000))
    assert.deepEqual(await tellOfTampering(look), [])
    assert.deepEqual(await tellOfTampering(look), [])
    const sent = messages.sent()
    assert.lengthOf(sent, 2)
    sent[0].assertTo('watch@example.com')
    sent[1].assertTo('other@example.net')
    const { subject, text } = sent[0].nodeMailerMessage
    assert.include(subject, tenant.domain.unicodeName)
    assert.include(subject, '追加 1,070')
    assert.include(text as string, '[追加] html/of-49.php')
    assert.notInclude(text as string, 'of-50.php')
    assert.include(text as string, 'ほか 1,020 件')
    assert.include(text as string, `${base(tenant)}/looks/${look.id}`)
    // What files hold may be secret.
    assert.notInclude(text as string, 'evil')
  })

  test('WEB-07: a name never ends its line in a mail', async ({ assert, client }) => {
    const { tenant } = await watched(client)
    const look = await lookAt(tenant, 'daily', found(['a\r\nBcc: x@example.com\u202e\u2028b.php']))
    await tellOfTampering(look)
    const { text } = messages.sent()[0].nodeMailerMessage
    assert.match(text as string, /\[追加\] html\/a {2}Bcc: x@example\.com {2}b\.php\n/)
  })

  test('WEB-07: nobody is told of nothing, nor of what he asked for himself', async ({
    assert,
    client,
  }) => {
    const { tenant, first } = await watched(client)
    await first.load('domain')
    await tellOfTampering(first)
    assert.lengthOf(messages.sent(), 2)
    messages
      .sent()[0]
      .assertSubject(`【改ざん検知】${tenant.domain.unicodeName} の監視を始めました`)
    await tellOfTampering(await lookAt(tenant, 'daily', outcome()))
    await tellOfTampering(await lookAt(tenant, 'hand', found()))
    await tellOfTampering(await lookAt(tenant, 'accept', found()))
    assert.lengthOf(messages.sent(), 2)
    await tellOfTampering(await lookAt(tenant, 'daily', outcome({ unread: 1 })))
    await tellOfTampering(await lookAt(tenant, 'daily', outcome({ baseline: 'lost' })))
    assert.lengthOf(messages.sent(), 6)
  })

  test('WEB-07: who looks again and again without room for a baseline, or at other times, floods nobody', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    await save(client, tenant)
    const [first] = await looksOf(tenant)
    await first.fail('unreachable')
    for (let time = 0; time < 5; time++) {
      const full = outcome({ baseline: 'first', saved: false })
      await tellOfTampering(await lookAt(tenant, 'hand', full))
      await tellOfTampering(await lookAt(tenant, 'daily', found()))
    }
    assert.lengthOf(messages.sent(), 12)
    const yesterday = '2026-01-01 00:00:00.000'
    await db.from('tamper_looks').update({ created_at: yesterday })
    await tellOfTampering(await lookAt(tenant, 'daily', found()))
    assert.lengthOf(messages.sent(), 14)
  })

  test('WEB-07: a daily look that could not be done is told, with the reason', async ({
    assert,
    client,
  }) => {
    const { tenant } = await watched(client)
    const look = await db.transaction((trx) => TamperLook.begin(tenant.domain, 'daily', null, trx))
    await look.fail('unreachable')
    await look.load('domain')
    await tellOfTampering(look)
    const { text } = messages.sent()[0].nodeMailerMessage
    assert.include(text as string, 'サーバに接続できませんでした')
    const page = await client.get(`${base(tenant)}/looks/${look.id}`).loginAs(tenant.admin)
    page.assertTextIncludes('サーバに接続できないため')
  })

  test('WEB-07: who can not be reached is tried again, and nobody else is told twice', async ({
    assert,
    client,
  }) => {
    const { tenant } = await watched(client)
    mail.restore()
    // Nothing listens at the port of mail here
    const look = await lookAt(tenant, 'daily', found())
    assert.deepEqual(await tellOfTampering(look), ['watch@example.com', 'other@example.net'])
    await look.merge({ told: JSON.stringify(['watch@example.com']) }).save()
    ;({ messages } = mail.fake())
    await tellOfTampering(look)
    assert.lengthOf(messages.sent(), 1)
    messages.sent()[0].assertTo('other@example.net')
  })

  test('WEB-07: told once, the next look compares with what was told; by hand it does not', async ({
    assert,
    client,
  }) => {
    const { tenant, first } = await watched(client)
    const baseline = () => baselineOf(tenant)
    assert.equal(await baseline(), first.id)
    await lookAt(tenant, 'hand', found())
    assert.equal(await baseline(), first.id)
    const daily = await lookAt(tenant, 'daily', found())
    assert.equal(await baseline(), daily.id)
    await lookAt(tenant, 'daily', { ...found(), saved: false })
    assert.equal(await baseline(), daily.id)
    const lost = await lookAt(tenant, 'hand', outcome({ baseline: 'lost' }))
    assert.equal(await baseline(), lost.id)
  })

  test('WEB-07: told until somebody accepts it; only the newest, of which all is kept', async ({
    assert,
    client,
  }) => {
    const { tenant, first } = await watched(client, { tamper_telling: 'daily' })
    const older = await lookAt(tenant, 'daily', found())
    const newest = await lookAt(tenant, 'daily', found())
    const baseline = () => baselineOf(tenant)
    assert.equal(await baseline(), first.id)
    const page = await client.get(`${base(tenant)}/looks/${newest.id}`).loginAs(tenant.admin)
    page.assertTextIncludes('この内容を新しい基準にする')
    page.assertTextIncludes('心当たりのない変更があるとき')
    const path = `${base(tenant)}/baselines`
    const late = await send(client, tenant.admin, path, { look: older.id })
    assert.match(JSON.stringify(late.flashMessages()), /新しい確認が行われた/)
    assert.equal(await baseline(), first.id)
    await send(client, tenant.admin, path, { look: newest.id })
    assert.equal(await baseline(), newest.id)
    await newest.refresh()
    assert.equal(newest.acceptedBy, tenant.admin.login)
    const after = await client.get(`${base(tenant)}/looks/${newest.id}`).loginAs(tenant.admin)
    assert.notInclude(after.text(), 'この内容を新しい基準にする')
    assert.notInclude(after.text(), '心当たりのない変更があるとき')
    const overview = await client.get(base(tenant)).loginAs(tenant.admin)
    assert.match(overview.text(), new RegExp(`いまの基準[^]*looks/${newest.id}"`))
    overview.assertTextIncludes(`${tenant.admin.login} が`)
  })

  test('WEB-07: while a look is under way nothing is accepted, and no second one begins', async ({
    assert,
    client,
  }) => {
    const { tenant } = await watched(client, { tamper_telling: 'daily' })
    const look = await lookAt(tenant, 'daily', found())
    const begun = await send(client, tenant.admin, `${base(tenant)}/looks`, {})
    const [, , running] = await looksOf(tenant)
    begun.assertHeader('location', `${base(tenant)}/looks/${running.id}`)
    const second = await send(client, tenant.contractor, `${base(tenant)}/looks`, {})
    assert.match(JSON.stringify(second.flashMessages()), /いま確認しています/)
    const late = await send(client, tenant.admin, `${base(tenant)}/baselines`, { look: look.id })
    assert.match(JSON.stringify(late.flashMessages()), /確認中のため/)
    assert.lengthOf(await looksOf(tenant), 3)
    await db.from('tasks').where('id', Number(running.taskId)).delete()
    const progress = await progressOfLook(running.id)
    assert.deepEqual([progress!.state, progress!.finished], ['failed', true])
  })

  test('WEB-07: after a swap the page offers to take what is there now as the new baseline', async ({
    assert,
    client,
  }) => {
    const { tenant, first } = await watched(client)
    await db.from('tamper_looks').update({ created_at: sqlTime(Date.now() - 60_000) })
    const staged = { domainId: tenant.domain.id, kind: 'swap', madeBy: 'web@example.jp' } as const
    await StagingChange.create({ ...staged, state: 'done', finishedAt: DateTime.utc() })
    const page = await client.get(base(tenant)).loginAs(tenant.admin)
    page.assertTextIncludes('いまの内容を新しい基準にする')
    await send(client, tenant.admin, `${base(tenant)}/baselines`, {})
    const [, look] = await looksOf(tenant)
    assert.deepEqual([look.kind, look.madeBy], ['accept', tenant.admin.login])
    await look.finish({
      ...found(),
      report: { ...found().report, moved: [['html.stage', 'html']] },
    })
    const { baselineLookId } = await watchOf(tenant)
    assert.deepEqual([baselineLookId, first.id < look.id], [look.id, true])
    const shown = await client.get(`${base(tenant)}/looks/${look.id}`).loginAs(tenant.admin)
    shown.assertTextIncludes('html.stage → html')
    shown.assertTextIncludes('web@example.jp')
    const after = await client.get(base(tenant)).loginAs(tenant.admin)
    assert.notInclude(after.text(), 'いまの内容を新しい基準にする')
  })

  test('WEB-07: what was found is shown as text, and lies encrypted in the database', async ({
    assert,
    client,
  }) => {
    const { tenant } = await watched(client)
    const report = {
      findings: [
        finding('<script>.php'),
        finding('a.html', {
          state: 'changed',
          aspects: ['content', 'mode'],
          before: { ...facts, mode: 0o755 },
          diff: null,
          noDiff: 'too_different',
        }),
        finding('link', { kind: 'link', after: { ...facts, target: '/etc/<b>' }, diff: null }),
      ],
      unlisted: 7,
      moved: [],
    }
    const look = await lookAt(tenant, 'daily', outcome({ added: 10, report }))
    const page = await client.get(`${base(tenant)}/looks/${look.id}`).loginAs(tenant.admin)
    page.assertTextIncludes('&lt;script&gt;.php')
    page.assertTextIncludes('&lt;?php &lt;b&gt;evil')
    page.assertTextIncludes('/etc/&lt;b&gt;')
    page.assertTextIncludes('755 → 644')
    page.assertTextIncludes('違いが多すぎるため')
    page.assertTextIncludes('ほかに 7 件')
    const row = await db.from('tamper_looks').where('id', look.id).first()
    assert.notInclude(row.report, 'evil')
    const list = await client.get(`${base(tenant)}/looks`).loginAs(tenant.contractor)
    list.assertTextIncludes('追加 10')
  })

  test("WEB-07: nobody sees or accepts another domain's looks", async ({ assert, client }) => {
    const { tenant } = await watched(client)
    const look = await lookAt(tenant, 'daily', found())
    const { domain: other } = await makeDomain(tenant.server)
    const foreign = await makeTenant()
    const path = `/domains/${other.id}/web/tamper`
    const page = await client.get(`${path}/looks/${look.id}`).loginAs(tenant.contractor)
    page.assertStatus(404)
    await send(client, foreign.admin, `${base(tenant)}/baselines`, { look: look.id })
    await look.refresh()
    assert.isNull(look.acceptedAt)
    const none = await send(client, foreign.admin, `${base(foreign)}/looks`, {})
    assert.match(JSON.stringify(none.flashMessages()), /先に、改ざん検知の設定/)
  })

  test('WEB-07: times of day are those of Japan', ({ assert }) => {
    const after = new Date('2026-11-22T14:59:00Z')
    assert.equal(nextMoment(0, after).toISOString(), '2026-11-22T15:00:00.000Z')
    assert.equal(nextMoment(1439, after).toISOString(), '2026-11-23T14:59:00.000Z')
  })
})
