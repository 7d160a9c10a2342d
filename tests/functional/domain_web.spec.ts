import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { makeTenant } from '#database/factories/tenant'

test.group('Web of a domain', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('PNL-13: the menu of a domain and the side menu of its admin lead to its web', async ({
    assert,
    client,
  }) => {
    const { domain, admin, contractor } = await makeTenant()
    const own = await client.get(`/domains/${domain.id}`).loginAs(admin)
    for (const place of ['tabs__link', 'navigation__link']) {
      assert.match(own.text(), new RegExp(`${place}"[^>]*href="/domains/${domain.id}/web"`))
    }
    const page = await client.get(`/domains/${domain.id}/web`).loginAs(contractor)
    page.assertStatus(200)
    page.assertTextIncludes('サイトの設定')
    page.assertTextIncludes(domain.phpHttps)
  })
})
