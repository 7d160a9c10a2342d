import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { databaseRow, databaseUserRow } from '#database/factories/database'
import { makeTenant } from '#database/factories/tenant'
import Database from '#models/database'
import DatabaseRight from '#models/database_right'
import DatabaseTransfer from '#models/database_transfer'
import DatabaseUser from '#models/database_user'
import { overflowOf, watch } from '#tests/support/watched_page'

/** With names as long as they can be. */
async function makeBusyTenant() {
  const tenant = await makeTenant()
  const long = 'a'.repeat(32)
  const database = await Database.create({
    ...databaseRow(tenant.domain, long),
    description: '説明'.repeat(50),
  })
  await Database.create(databaseRow(tenant.domain, 'stage'))
  const user = await DatabaseUser.create(databaseUserRow(tenant.domain, long))
  const right = { databaseId: database.id, databaseUserId: user.id, level: 'all' as const }
  await DatabaseRight.create(right)
  await DatabaseTransfer.create({
    databaseId: database.id,
    kind: 'import',
    source: `${'long'.repeat(40)}.sql`,
    given: 'utf8mb4',
    state: 'failed',
    reason: 'refused',
    words: `ERROR 1064 (42000) at line 1: ${'x'.repeat(300)}`,
    startedBy: tenant.admin.login,
  })
  return { tenant, database, user }
}

test.group('Databases in a browser', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  for (const width of [390, 1280]) {
    test(`PNL-02: no page of databases is wider than ${width} pixels; each names what it has`, async ({
      assert,
      browserContext,
      visit,
    }) => {
      const complaints = watch(browserContext)
      const { tenant, database, user } = await makeBusyTenant()
      const base = `/domains/${tenant.domain.id}/web`
      const paths = [
        ...['', '/create', '/sizes', `/${database.id}`, `/${database.id}/edit`].map(
          (path) => `${base}/databases${path}`
        ),
        ...['deletion', 'imports/create', 'copies/create'].map(
          (path) => `${base}/databases/${database.id}/${path}`
        ),
        ...['create', `${user.id}/edit`, `${user.id}/password`, `${user.id}/deletion`].map(
          (path) => `${base}/database_users/${path}`
        ),
      ]
      await browserContext.loginAs(tenant.admin)
      const page = await visit('/')
      await page.setViewportSize({ width, height: 844 })
      for (const path of paths) {
        await page.goto(path)
        assert.isAtMost(await overflowOf(page), 0, path)
        const facts = await page.evaluate(() => ({
          headings: document.querySelectorAll('h1').length,
          nameless: [...document.querySelectorAll('main input:not([type=hidden])')]
            .filter((field) => !document.querySelector(`label[for="${field.id}"]`))
            .map((field) => field.outerHTML),
          untold: document.body.innerText.includes('translation missing'),
        }))
        assert.deepEqual(facts, { headings: 1, nameless: [], untold: false }, path)
      }
      assert.deepEqual(complaints, [])
    }).timeout(60_000)
  }
})
