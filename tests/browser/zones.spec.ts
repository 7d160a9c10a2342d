import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { makeContract } from '#database/factories/tenant'
import Zone from '#models/zone'
import ZoneChange from '#models/zone_change'
import ZoneRecord from '#models/zone_record'
import { overflowOf, watch } from '#tests/support/watched_page'

/** With names and values as long as they can be. */
async function makeLongZone() {
  const { contract, contractor } = await makeContract()
  const actor = { by: contractor, ip: null }
  const label = 'x'.repeat(63)
  const name = `${'long-label'.repeat(6)}.co.jp`
  const zone = await Zone.add(contract.id, { name: { ascii: name, unicode: name } }, actor)
  await zone.edit(actor, { action: 'zone_records.store' }, (draft) => {
    draft.add({ name: '@', type: 'A', ttl: 3600, content: '192.0.2.1' })
    draft.add({ name: `${label}.${label}`, type: 'TXT', ttl: 300, content: `"${'y'.repeat(255)}"` })
    draft.add({ name: 'www', type: 'CNAME', ttl: 300, content: `${name}.` })
  })
  const change = await ZoneChange.findByOrFail('zoneId', zone.id)
  return { contractor, zone: await Zone.findOrFail(zone.id), change }
}

test.group('Zones in a browser', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  for (const width of [390, 1280]) {
    test(`PNL-02: no page of zones is wider than ${width} pixels`, async ({
      assert,
      browserContext,
      visit,
    }) => {
      const complaints = watch(browserContext)
      const { contractor, zone, change } = await makeLongZone()
      await browserContext.loginAs(contractor)
      const page = await visit('/')
      await page.setViewportSize({ width, height: 900 })
      const own = `/zones/${zone.id}`
      const below = ['', '/records', '/edit', '/dnssec', '/deletion', '/imports/create', '/changes']
      const paths = ['/zones', '/zones/create', '/zones/create?kind=secondary']
      const all = [...paths, ...below.map((path) => `${own}${path}`), `${own}/changes/${change.id}`]
      for (const path of all) {
        await page.goto(new URL(path, page.url()).href)
        assert.equal(await overflowOf(page), 0, path)
      }
      assert.deepEqual(complaints, [])
    })
  }

  test('OPT-10: the table says what is wrong while it is typed, and takes what is right', async ({
    assert,
    browserContext,
    visit,
  }) => {
    const complaints = watch(browserContext)
    const { contractor, zone } = await makeLongZone()
    await browserContext.loginAs(contractor)
    const page = await visit(`/zones/${zone.id}/records`)
    await page.fill('[name="records[n1][name]"]', 'www')
    await page.fill('[name="records[n1][content]"]', '192.0.2.9')
    const notes = page.locator('[data-zone-row="n1"] .zone-row__notes')
    await notes.getByText('CNAMEのある名前には').waitFor()
    await page.fill('[name="records[n1][name]"]', 'ftp')
    await notes.getByText('CNAMEのある名前には').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: '保存する' }).click()
    await page.waitForURL(`**/zones/${zone.id}`)
    const record = await ZoneRecord.query().where({ zone_id: zone.id, name: 'ftp' }).firstOrFail()
    assert.equal(record.content, '192.0.2.9')
    assert.deepEqual(complaints, [])
  })
})
