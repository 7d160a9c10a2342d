import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { makeTenant } from '#database/factories/tenant'

test.group('Mistakes in the form of an order', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('ORD-03: who forgets the day is sent back to the same form, which says so', async ({
    client,
  }) => {
    const { contractor, server } = await makeTenant()
    const query = `kind=disk_extension&server_id=${server.id}`
    const page = await client
      .post(`/orders/confirmation?${query}`)
      .header('referer', `${process.env.APP_URL}/orders/create?${query}`)
      .form({ units: '1' })
      .loginAs(contractor)
      .withCsrfToken()
    page.assertStatus(200)
    page.assertTextIncludes('料金と内容を確認する')
    page.assertTextIncludes('希望日を選んでください')
  })
})
