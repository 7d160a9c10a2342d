import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { makeStaff, makeTenant } from '#database/factories/tenant'
import { makeOrder } from '#database/factories/order'
import Order from '#models/order'
import { overflowOf, watch } from '#tests/support/watched_page'

test.group('Orders in a browser', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  for (const width of [390, 1280]) {
    test(`PNL-02: no page of orders is wider than ${width} pixels`, async ({
      assert,
      browserContext,
      visit,
    }) => {
      const complaints = watch(browserContext)
      const { contractor, server, domain } = await makeTenant()
      const order = await makeOrder(domain)
      const wish = { dueOn: '2050-01-12', window: null, reason: '設備の都合により' }
      await order.propose(wish, await makeStaff())
      await browserContext.loginAs(contractor)
      const page = await visit('/')
      await page.setViewportSize({ width, height: 900 })
      const create = '/orders/create?kind'
      const paths = [
        '/orders',
        '/orders/catalogue',
        `${create}=access_analysis`,
        `${create}=disk_extension&server_id=${server.id}`,
        `${create}=plan_change&server_id=${server.id}&when=booked`,
        `${create}=server_cancellation&server_id=${server.id}`,
        `${create}=global_ip&server_id=${server.id}`,
        `${create}=load_balancer`,
        '/orders/paper?kind=cybozu_licence',
        `/orders/${order.id}`,
        `/orders/${order.id}/withdrawal`,
        '/options',
      ]
      for (const path of paths) {
        await page.goto(new URL(path, page.url()).href)
        assert.equal(await overflowOf(page), 0, path)
      }
      assert.deepEqual(complaints, [])
    })
  }

  test('ORD-03: a day is chosen in the calendar, confirmed with its costs, ordered and withdrawn', async ({
    assert,
    browserContext,
    visit,
  }) => {
    const complaints = watch(browserContext)
    const { contractor, server } = await makeTenant()
    await browserContext.loginAs(contractor)
    const page = await visit(`/orders/create?kind=disk_extension&server_id=${server.id}`)
    await page.selectOption('[name="units"]', '2')
    const days = page.locator('[name="due_on"]')
    const day = await days.first().getAttribute('value')
    await days.first().check()
    await page.getByLabel('13:00〜15:00').check()
    await page.getByRole('button', { name: '料金と内容を確認する' }).click()
    await page.getByRole('heading', { name: '料金' }).waitFor()
    assert.isNull(await Order.query().first())
    await page.getByRole('link', { name: '入力に戻る' }).click()
    assert.equal(await page.inputValue('[name="units"]'), '2')
    assert.isTrue(await page.isChecked(`[value="${day}"]`))
    await page.getByRole('button', { name: '料金と内容を確認する' }).click()
    await page.getByRole('button', { name: 'この内容で申し込む' }).click()
    await page.getByText('お申込みを受け付けました。').waitFor()
    const order = await Order.query().firstOrFail()
    assert.deepInclude(order.toJSON(), { dueOn: day, workWindow: '13-15', state: 'waiting' })
    await page.getByRole('link', { name: 'このお申込みを取り消す' }).click()
    await page.getByRole('button', { name: '取り消す' }).click()
    await page.getByText('お申込みを取り消しました。').waitFor()
    await order.refresh()
    assert.equal(order.state, 'withdrawn')
    assert.deepEqual(complaints, [])
  })
})
