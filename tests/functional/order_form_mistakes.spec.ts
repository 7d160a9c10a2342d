import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { makeTenant } from '#database/factories/tenant'
import { kindField } from '#start/view/orders'
import { kinds } from '#orders/index'

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

  test('ORD-06: what is wrong is said of every input of every kind by the name that its form shows', async ({
    assert,
    client,
  }) => {
    const { contractor, domain, server } = await makeTenant()
    let told = 0
    for (const kind of kinds.filter(({ subject }) => subject !== 'option' && subject !== 'zone')) {
      const ids = `server_id=${server.id}&domain_id=${domain.id}`
      const inputs = Object.keys(kind.fields).filter((name) => name !== kind.modes?.field)
      const wrong = Object.fromEntries(inputs.map((name) => [name, '']))
      const answer = await client
        .post(`/orders/confirmation?kind=${kind.name}&${ids}`)
        .header('accept', 'application/json')
        .form(wrong)
        .loginAs(contractor)
        .withCsrfToken()
      const { errors = [] } = answer.body() as { errors?: { field: string; message: string }[] }
      for (const { field, message } of errors.filter((each) => inputs.includes(each.field))) {
        assert.include(message, kindField(kind.name, field), `${kind.name}: ${message}`)
        told++
      }
    }
    assert.isAbove(told, 15)
  })

  test('ORD-06: a domain name ordered without anything', async ({ client }) => {
    const { contractor } = await makeTenant()
    const page = await client
      .post('/orders/confirmation?kind=domain_registration')
      .header('referer', `${process.env.APP_URL}/orders/create?kind=domain_registration`)
      .form({ name: 'example.jp' })
      .loginAs(contractor)
      .withCsrfToken()
    page.assertTextIncludes('登録者名（英語）を入力してください')
    page.assertTextIncludes('住所を入力してください')
    page.assertTextIncludes('連絡先メールアドレスを入力してください')
  })
})
