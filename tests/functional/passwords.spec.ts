import testUtils from '@adonisjs/core/services/test_utils'
import limiter from '@adonisjs/limiter/services/main'
import { test } from '@japa/runner'
import type { ApiClient } from '@japa/api-client'
import { makeTenant, password } from '#database/factories/tenant'
import type Account from '#models/account'
import OperationLog from '#models/operation_log'
import Task from '#models/task'

const fresh = 'Blue.Kettle-sings42'

function change(client: ApiClient, account: Account, input: Record<string, string>) {
  return client
    .post('/password?_method=PUT')
    .header('referer', '/password')
    .form({ current_password: password, password: fresh, password_confirmation: fresh, ...input })
    .loginAs(account)
    .withCsrfToken()
    .redirects(0)
}

test.group('Passwords', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())
  group.each.setup(() => limiter.clear())

  test('a user changes his own password, and his server is told', async ({ assert, client }) => {
    const { user, server } = await makeTenant()
    const response = await change(client, user, {})
    response.assertFlashMessage(
      'success',
      'パスワードを変更しました。ほかの端末のログインは終了しました。'
    )
    await user.refresh()
    assert.isTrue(await user.hasPassword(fresh))
    assert.isNotNull(
      await Task.query().where({ server_id: server.id, account_id: user.id }).first()
    )
    assert.isNotNull(await OperationLog.query().where('action', 'password.update').first())
  })

  test('the sessions on other devices end when the password changes', async ({
    assert,
    client,
  }) => {
    const { contractor } = await makeTenant()
    const other = await client
      .post('/sign_in')
      .form({ login: contractor.login, password })
      .withCsrfToken()
      .redirects(0)
    const stamp = other.session('customer_stamp')
    assert.isString(stamp)
    const before = await client
      .get('/servers')
      .loginAs(contractor)
      .withSession({ customer_stamp: stamp })
      .redirects(0)
    before.assertStatus(200)

    await change(client, contractor, {})
    const after = await client
      .get('/servers')
      .loginAs(contractor)
      .withSession({ customer_stamp: stamp })
      .redirects(0)
    after.assertHeader('location', '/sign_in')
  })

  test('the present password must be right', async ({ assert, client }) => {
    const { contractor } = await makeTenant()
    const response = await change(client, contractor, { current_password: 'wrong' })
    response.assertFlashMessage('inputErrorsBag', {
      current_password: ['現在のパスワードが違います。'],
    })
    await contractor.refresh()
    assert.isTrue(await contractor.hasPassword(password))
  })

  test('PNL-08: a wrong present password is in the operation log as a failure', async ({
    assert,
    client,
  }) => {
    const { user } = await makeTenant()
    await change(client, user, { current_password: 'wrong-secret-canary' })
    await change(client, user, {})
    const logs = await OperationLog.query().where('action', 'password.update').orderBy('id')
    assert.deepEqual(
      logs.map(({ succeeded, target, domainId }) => [succeeded, target, domainId]),
      [
        [false, user.login, user.domainId],
        [true, user.login, user.domainId],
      ]
    )
    assert.notInclude(JSON.stringify(logs), 'wrong-secret-canary')
  })

  test('security.md: after five wrong guesses the present password is not asked for a while', async ({
    assert,
    client,
  }) => {
    const { contractor, admin } = await makeTenant()
    for (let failure = 0; failure < 5; failure++) {
      const wrong = await change(client, contractor, { current_password: 'wrong' })
      wrong.assertStatus(302)
    }
    const blocked = await change(client, contractor, {})
    blocked.assertStatus(429)
    await contractor.refresh()
    assert.isTrue(await contractor.hasPassword(password))

    const another = await change(client, admin, {})
    another.assertStatus(302)
    const signIn = await client
      .post('/sign_in')
      .form({ login: contractor.login, password })
      .withCsrfToken()
      .redirects(0)
    signIn.assertHeader('location', '/')
  })

  const weak: [string, string][] = [
    ['short', '10文字以上'],
    ['x'.repeat(73) + 'abc1', '72文字以内'],
    ['ぱすわーどです12345', '半角'],
    ['password1234', '広く知られて'],
    ['1234567890', '広く知られて'],
    ['aaaaaaaaaaaa', '繰り返し'],
  ]
  for (const [typed, words] of weak) {
    test(`a weak password is refused: ${words}`, async ({ assert, client }) => {
      const { contractor } = await makeTenant()
      const response = await change(client, contractor, {
        password: typed,
        password_confirmation: typed,
      })
      assert.include(JSON.stringify(response.flashMessage('inputErrorsBag')), words)
      assert.notInclude(JSON.stringify(response.flashMessages()), `"${typed}"`)
    })
  }

  test('the two new ones must be the same', async ({ assert, client }) => {
    const { contractor } = await makeTenant()
    const response = await change(client, contractor, { password_confirmation: 'Blue.Kettle-43' })
    assert.include(JSON.stringify(response.flashMessage('inputErrorsBag')), '一致していません')
  })

  test('nothing that was typed is kept in the session', async ({ assert, client }) => {
    const { contractor } = await makeTenant()
    const response = await change(client, contractor, { current_password: 'wrong-secret-canary' })
    assert.notInclude(JSON.stringify(response.flashMessages()), 'wrong-secret-canary')
    assert.notInclude(JSON.stringify(response.flashMessages()), fresh)
  })
})
