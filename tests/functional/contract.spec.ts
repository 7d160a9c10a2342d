import testUtils from '@adonisjs/core/services/test_utils'
import limiter from '@adonisjs/limiter/services/main'
import { test } from '@japa/runner'
import type { ApiClient } from '@japa/api-client'
import { makeStaff, makeTenant } from '#database/factories/tenant'
import type Account from '#models/account'
import ContractProfile from '#models/contract_profile'
import OperationLog from '#models/operation_log'
import PaymentChange from '#models/payment_change'

const filledIn = {
  postal_code: '〒５３０ー０００１',
  postal_address: '大阪府大阪市北区梅田1-2-3',
  phone: '０６ ６９４８ １４０２',
  person_name: '司 花子',
  person_mail: 'hanako@example.jp',
}

const send = (client: ApiClient, path: string, form: object, account: Account) =>
  client.post(path).form(form).loginAs(account).withCsrfToken().redirects(0)

test.group('The contractor’s own pages', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())
  group.each.setup(() => limiter.clear())

  test('PNL-13: a contractor reads what he has and says who he is', async ({ assert, client }) => {
    const { contractor, contract, server } = await makeTenant()
    const before = await client.get('/contract').loginAs(contractor)
    before.assertTextIncludes(server.name)
    before.assertTextIncludes('ご担当者のメールアドレスが登録されていません')

    const saved = await send(client, '/contract/profile?_method=PUT', filledIn, contractor)
    assert.equal(saved.header('location'), '/contract')
    const after = await client.get('/contract').loginAs(contractor)
    after.assertTextIncludes('〒530-0001 大阪府大阪市北区梅田1-2-3')
    after.assertTextIncludes('06-6948-1402')
    assert.equal(await ContractProfile.mailOf(contract.id), 'hanako@example.jp')
    assert.deepEqual(await ContractProfile.billingOf(contract.id), {
      name: contract.name,
      postalCode: '530-0001',
      address: '大阪府大阪市北区梅田1-2-3',
      mail: 'hanako@example.jp',
    })
    const line = await OperationLog.findByOrFail({ contractId: contract.id })
    assert.equal(line.action, 'contract_profile.update')
    assert.isNull(line.target)
  })

  test('PNL-13: invoices go where the contractor wants them', async ({ assert, client }) => {
    const { contractor, contract } = await makeTenant()
    const billing = {
      billing_name: '経理部',
      billing_address: '東京都',
      billing_mail: 'k@example.jp',
    }
    await send(client, '/contract/profile?_method=PUT', { ...filledIn, ...billing }, contractor)
    assert.deepEqual(await ContractProfile.billingOf(contract.id), {
      name: '経理部',
      postalCode: null,
      address: '東京都',
      mail: 'k@example.jp',
    })
  })

  test('PNL-13: what is no address of anybody is said at its field, and nothing is saved', async ({
    assert,
    client,
  }) => {
    const { contractor, contract } = await makeTenant()
    const wrong = { ...filledIn, postal_code: '12345', phone: '110', person_mail: 'hanako' }
    const refused = await send(client, '/contract/profile?_method=PUT', wrong, contractor)
    const errors = refused.flashMessage('inputErrorsBag')
    assert.sameMembers(Object.keys(errors), ['postal_code', 'phone', 'person_mail'])
    assert.isNull(await ContractProfile.findBy('contractId', contract.id))
  })

  test('PNL-13: another way to pay waits until staff have the paper', async ({
    assert,
    client,
  }) => {
    const { contractor, contract } = await makeTenant()
    const wish = { payment_method: 'direct_debit' }
    await send(client, '/contract/payment', wish, contractor)
    const twice = await send(client, '/contract/payment', wish, contractor)
    assert.property(twice.flashMessage('inputErrorsBag'), 'payment_method')
    const waiting = await PaymentChange.waitingOf(contract.id)
    const page = await client.get('/contract').loginAs(contractor)
    page.assertTextIncludes('口座振替への変更を受け付けています')

    const staff = await makeStaff()
    const path = `/staff/payment_changes/${waiting!.id}/confirmation`
    const confirm = () =>
      client.post(path).form({}).withGuard('staff').loginAs(staff).withCsrfToken().redirects(0)
    await confirm()
    const profile = await ContractProfile.of(contract.id)
    assert.equal(profile.paymentMethod, 'direct_debit')
    const again = await confirm()
    assert.property(again.flashMessage('inputErrorsBag'), 'form')
    const same = await send(client, '/contract/payment', wish, contractor)
    assert.property(same.flashMessage('inputErrorsBag'), 'payment_method')
  })

  test('PNL-13: a change of payment that was withdrawn is not confirmed any more', async ({
    assert,
    client,
  }) => {
    const { contractor, contract } = await makeTenant()
    await send(client, '/contract/payment', { payment_method: 'direct_debit' }, contractor)
    const waiting = await PaymentChange.waitingOf(contract.id)
    await send(client, '/contract/payment?_method=DELETE', {}, contractor)
    await assert.rejects(async () => waiting!.confirmBy(await makeStaff()), /is_over/)
    const profile = await ContractProfile.of(contract.id)
    assert.equal(profile.paymentMethod, 'bank_transfer')
  })

  test('PNL-13: a contractor says what a server is for', async ({ assert, client }) => {
    const { contractor, server } = await makeTenant()
    const path = `/servers/${server.id}/description?_method=PUT`
    await send(client, path, { server_description: '本番（EC）' }, contractor)
    await server.refresh()
    assert.equal(server.description, '本番（EC）')
    const long = await send(client, path, { server_description: 'あ'.repeat(101) }, contractor)
    assert.property(long.flashMessage('inputErrorsBag'), 'server_description')
    const broken = await send(client, path, { server_description: 'a\u0000b' }, contractor)
    assert.property(broken.flashMessage('inputErrorsBag'), 'server_description')
    await send(client, path, {}, contractor)
    await server.refresh()
    assert.isNull(server.description)
  })

  test('PNL-01: domain admins and users learn nothing of the contract', async ({
    assert,
    client,
  }) => {
    const { admin, user } = await makeTenant()
    for (const account of [admin, user])
      for (const path of ['/contract', '/contract/profile', '/contract/payment']) {
        const answer = await client.get(path).loginAs(account)
        assert.equal(answer.status(), 403, path)
      }
  })
})
