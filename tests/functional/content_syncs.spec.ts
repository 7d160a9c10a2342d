import testUtils from '@adonisjs/core/services/test_utils'
import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import type { ApiClient } from '@japa/api-client'
import { DateTime } from 'luxon'
import { makeDeletion, makeDomain, makeServer, makeTenant } from '#database/factories/tenant'
import BeginContentSyncs from '#jobs/begin_content_syncs'
import type { TaskRun } from '#jobs/task_run'
import type Account from '#models/account'
import ContentSync from '#models/content_sync'
import { progressOfSync } from '#models/content_sync/progress'
import ContentSyncSchedule from '#models/content_sync_schedule'
import OperationLog from '#models/operation_log'
import StagingChange from '#models/staging_change'
import { changesLanded } from '#models/staging_change/outcomes'
import Task from '#models/task'
import { answerWith } from '#monitoring/questions'

const base = ({ id }: { id: number }) => `/domains/${id}/web/content_syncs`

function send(client: ApiClient, by: Account, path: string, input: object) {
  return client
    .post(path)
    .header('referer', path)
    .form(input)
    .loginAs(by)
    .withCsrfToken()
    .redirects(0)
}

/** One name on two servers of a contract, and on none of another's. */
async function makePair() {
  const tenant = await makeTenant()
  const { domain: target, admin: targetAdmin } = await makeDomain(
    await makeServer(tenant.contract),
    tenant.domain.name
  )
  return { ...tenant, source: tenant.domain, target, targetAdmin }
}

type Pair = Awaited<ReturnType<typeof makePair>>

const log = async () => {}
const clock = () => new BeginContentSyncs().handle({ log } as unknown as TaskRun)
const syncs = () => ContentSync.query().preload('change').preload('swap').orderBy('id')

async function begin(client: ApiClient, { contractor, source, target }: Pair, seen = 0) {
  return send(client, contractor, base(target), { source_id: source.id, seen })
}

test.group('Content sync', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())
  const side = { files: 12, directories: 2, bytes: 12_288, newest: [], complete: true }
  const sides = { 'html': side, 'html.stage': side, 'cgi-bin': side, 'cgi-bin.stage': side }
  group.each.setup(() => answerWith(async () => ({ sides, last: 0 })))

  test('WEB-08: the contractor begins one, and it is said what goes before', async ({
    assert,
    client,
  }) => {
    const pair = await makePair()
    const { contractor, source, target, server } = pair
    const list = await client.get(base(source)).loginAs(contractor)
    list.assertTextIncludes(`${base(target)}/create?source_id=${source.id}`)
    const page = await client
      .get(`${base(target)}/create?source_id=${source.id}`)
      .loginAs(contractor)
    page.assertTextIncludes('いまの html.stage と cgi-bin.stage の内容は消えます')
    page.assertTextIncludes(server.name)
    page.assertTextIncludes('12 個')

    const begun = await begin(client, pair)
    const [sync] = await syncs()
    begun.assertHeader('location', `${base(target)}/${sync.id}`)
    assert.equal(sync.state, 'receiving')
    assert.include(sync.change.$attributes, { kind: 'receive', domainId: target.id })
    const [task] = await Task.query().where('kind', 'prepare_staging')
    assert.deepEqual(task.input, { changeId: sync.changeId })
    assert.isNotNull(await OperationLog.query().where('action', 'content_sync.store').first())
    const shown = await client.get(`${base(target)}/${sync.id}`).loginAs(contractor)
    shown.assertTextIncludes(`${base(target)}/${sync.id}/events`)
  })

  test('WEB-08, REL-04: never with a domain of another contract, of another name, or with itself', async ({
    assert,
    client,
  }) => {
    const pair = await makePair()
    const { contractor, source, target, contract } = pair
    const stranger = await makeTenant()
    const other = await makeDomain(await makeServer(contract))
    const foreign = await send(client, contractor, base(target), {
      source_id: stranger.domain.id,
      seen: 0,
    })
    foreign.assertStatus(404)
    for (const wrong of [other.domain, target]) {
      const refused = await send(client, contractor, base(target), { source_id: wrong.id, seen: 0 })
      assert.include(JSON.stringify(refused.flashMessages()), '同じ名前のドメインだけ')
    }
    const scheduled = await send(client, contractor, `${base(target)}/schedule?_method=PUT`, {
      source_id: stranger.domain.id,
      every_hours: '24',
      at: '03:30',
    })
    scheduled.assertStatus(404)
    assert.lengthOf(await syncs(), 0)
    // Whatever rows say: what is no longer of the contract is not asked.
    await begin(client, pair)
    const [sync] = await syncs()
    await db.from('domains').where('id', source.id).update({ contract_id: stranger.contract.id })
    await assert.rejects(() => sync.readySource(), 'source_gone')
  })

  test('WEB-08, PNL-01: admins of the domains have no part in it', async ({ client }) => {
    const { source, target, admin, targetAdmin } = await makePair()
    const own = await client.get(base(source)).loginAs(admin)
    own.assertStatus(403)
    const there = await client.get(base(target)).loginAs(admin)
    there.assertStatus(404)
    const asked = await send(client, targetAdmin, base(target), { source_id: source.id, seen: 0 })
    asked.assertStatus(403)
    const web = await client.get(`/domains/${source.id}/web`).loginAs(admin)
    web.assertTextIncludes('ステージング')
    if (web.text().includes('content_syncs')) throw new Error('the admin is shown a closed door')
  })

  test('WEB-08: received first, then public; somebody who was faster comes first', async ({
    assert,
    client,
  }) => {
    const pair = await makePair()
    await begin(client, pair)
    const [received] = await syncs()
    await received.change.merge({ state: 'exchanging' }).save()
    await changesLanded([received.changeId])
    const [task] = await Task.query().where('kind', 'publish_content_sync')
    assert.deepEqual(task.input, { changeId: received.changeId })
    const waiting = await progressOfSync(received.id)
    assert.equal(waiting?.message, '受け取りました。公開しています。')
    await ContentSync.publish(received.changeId)
    await ContentSync.publish(received.changeId)
    const [sync] = await syncs()
    assert.include(sync.swap.$attributes, { kind: 'swap', state: 'exchanging' })
    assert.equal(sync.state, 'publishing')
    await changesLanded([sync.swapId!])
    const [done] = await syncs()
    assert.equal(done.state, 'done')
    const end = await progressOfSync(done.id)
    assert.equal(end?.progress, 100)

    await begin(client, pair, done.swapId!)
    const second = await syncs().where('id', '>', done.id).firstOrFail()
    await second.change.end('done')
    const plan = { kind: 'swap', copiesFirst: false, seen: second.changeId } as const
    await StagingChange.begin(pair.target, plan, { by: pair.contractor, ip: null })
    await ContentSync.publish(second.changeId)
    const late = await syncs().where('id', second.id).firstOrFail()
    assert.deepEqual([late.state, late.problem], ['failed', 'not_published'])
    const page = await client.get(`${base(pair.target)}/${late.id}`).loginAs(pair.contractor)
    page.assertTextIncludes('公開できませんでした')
  })

  test('WEB-08: while something else is done with staging, and from an old page, it is refused', async ({
    assert,
    client,
  }) => {
    const pair = await makePair()
    await begin(client, pair)
    const busy = await begin(client, pair)
    assert.include(JSON.stringify(busy.flashMessages()), 'まだ終わっていません')
    const [sync] = await syncs()
    await sync.change.end('done')
    const old = await begin(client, pair)
    assert.include(JSON.stringify(old.flashMessages()), 'この画面を開いている間に')
    assert.lengthOf(await syncs(), 1)
  })

  test('WEB-08: by the clock, once each time, and one that can’t be holds up no other', async ({
    assert,
    client,
  }) => {
    const pairs = [await makePair(), await makePair()]
    for (const { contractor, source, target } of pairs) {
      const input = { source_id: source.id, every_hours: '6', at: '03:30' }
      const saved = await send(client, contractor, `${base(target)}/schedule?_method=PUT`, input)
      saved.assertHeader('location', base(target))
    }
    await clock()
    assert.lengthOf(await syncs(), 0)
    await ContentSyncSchedule.query().update({ next_at: '2026-01-01 00:00:00' })
    await makeDeletion(pairs[0].source)
    await makeDeletion(pairs[0].target)
    await clock()
    await clock()
    const [sync, ...more] = await syncs()
    assert.isEmpty(more)
    assert.equal(sync.targetDomainId, pairs[1].target.id)
    assert.isNull(sync.accountId)
    assert.equal(sync.change.madeBy, 'system')
    for (const { nextAt } of await ContentSyncSchedule.all()) {
      assert.isAbove(nextAt.toMillis(), DateTime.utc().toMillis())
    }
    const page = await client.get(base(pairs[1].source)).loginAs(pairs[1].contractor)
    page.assertTextIncludes('6時間ごと')
    page.assertTextIncludes('自動')
  })

  test('WEB-08: a site that receives by the clock is no source of another one', async ({
    assert,
    client,
  }) => {
    const { contractor, contract, source, target } = await makePair()
    const third = await makeDomain(await makeServer(contract), source.name)
    const set = (to: { id: number }, from: { id: number }) =>
      send(client, contractor, `${base(to)}/schedule?_method=PUT`, {
        source_id: from.id,
        every_hours: '24',
        at: '03:30',
      })
    await set(target, source)
    for (const [to, from] of [
      [source, target],
      [third.domain, target],
      [source, third.domain],
    ] as const) {
      const refused = await set(to, from)
      assert.include(JSON.stringify(refused.flashMessages()), 'つなげられません')
    }
    await set(third.domain, source)
    assert.lengthOf(await ContentSyncSchedule.all(), 2)
    const stopped = await send(client, contractor, `${base(target)}/schedule?_method=DELETE`, {})
    stopped.assertHeader('location', base(target))
    assert.lengthOf(await ContentSyncSchedule.all(), 1)
  })

  test('WEB-08: what was received by a worker that died is made public by the clock', async ({
    assert,
    client,
  }) => {
    const pair = await makePair()
    await begin(client, pair)
    const [sync] = await syncs()
    await sync.change.end('done')
    await clock()
    const [found] = await syncs()
    assert.isNotNull(found.swapId)
  })

  test('WEB-08, DOM-05: schedules of a domain go with it', async ({ assert }) => {
    const { contractor, source, target } = await makePair()
    const actor = { by: contractor, ip: null }
    await ContentSyncSchedule.set({ source, target }, { everyHours: 24, atMinute: 0 }, actor)
    await source.remove(actor)
    assert.lengthOf(await ContentSyncSchedule.all(), 0)
  })
})
