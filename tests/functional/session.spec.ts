import testUtils from '@adonisjs/core/services/test_utils'
import limiter from '@adonisjs/limiter/services/main'
import { test } from '@japa/runner'
import { makeDomain, makeTenant, password } from '#database/factories/tenant'
import type Account from '#models/account'
import OperationLog from '#models/operation_log'

const refused = 'IDまたはパスワードが違います'

test.group('Session', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())
  group.each.setup(() => limiter.clear())

  test('PNL-01: the three roles sign in at one page and come to their own home', async ({
    client,
  }) => {
    const { contractor, admin, user, domain, mailbox } = await makeTenant()
    const homes: [Account, string][] = [
      [contractor, '/servers'],
      [admin, `/domains/${domain.id}`],
      [user, `/mailboxes/${mailbox.id}`],
    ]
    for (const [account, home] of homes) {
      const signedIn = await client
        .post('/sign_in')
        .form({ login: account.login, password })
        .withCsrfToken()
        .redirects(0)
      signedIn.assertHeader('location', '/')
      signedIn.assertSession('auth_customer', account.id)
      const response = await client.get('/').loginAs(account).redirects(0)
      response.assertHeader('location', home)
    }
  })

  test('PNL-01: capitals, spaces around and a Japanese domain as it is written are understood', async ({
    client,
  }) => {
    const { contractor, server } = await makeTenant()
    await makeDomain(server, 'xn--wgv71a119e.jp', '日本語.jp')
    for (const login of [` ${contractor.login.toUpperCase()} `, 'admin@日本語.jp']) {
      const response = await client
        .post('/sign_in')
        .form({ login, password })
        .withCsrfToken()
        .redirects(0)
      response.assertHeader('location', '/')
    }
  })

  test('security.md: an unknown name and a wrong password get the same answer', async ({
    assert,
    client,
  }) => {
    const { contractor } = await makeTenant()
    const answers = []
    for (const login of [contractor.login, 'c999999999', 'nobody@example.jp']) {
      const response = await client
        .post('/sign_in')
        .form({ login, password: 'not the password' })
        .withCsrfToken()
        .redirects(0)
      answers.push([
        response.status(),
        response.header('location'),
        response.flashMessage('refusal'),
      ])
    }
    assert.include(answers[0][2], refused)
    assert.deepEqual(answers[1], answers[0])
    assert.deepEqual(answers[2], answers[0])
  })

  test('security.md: after five failures a name is refused from that address, even with the right password', async ({
    assert,
    client,
  }) => {
    const { contractor, admin } = await makeTenant()
    const attempt = (login: string, secret: string) =>
      client.post('/sign_in').form({ login, password: secret }).withCsrfToken().redirects(0)
    for (let failure = 0; failure < 5; failure++) await attempt(contractor.login, 'wrong')

    const blocked = await attempt(contractor.login, password)
    blocked.assertStatus(429)
    assert.include(blocked.text(), 'しばらくお待ちください')
    assert.isAbove(Number(blocked.header('retry-after')), 0)

    const another = await attempt(admin.login, password)
    another.assertHeader('location', '/')
  })

  test('security.md: fifty tries at the same moment are fifty tries', async ({
    assert,
    client,
  }) => {
    const { contractor } = await makeTenant()
    const answers = await Promise.all(
      Array.from({ length: 50 }, () =>
        client
          .post('/sign_in')
          .form({ login: contractor.login, password: 'wrong' })
          .withCsrfToken()
          .redirects(0)
      )
    )
    const tried = answers.filter((answer) => answer.status() === 302)
    assert.isAtMost(tried.length, 5)
  })

  test('security.md: signing in gives the session a new id', async ({ assert, client }) => {
    const { contractor } = await makeTenant()
    const page = await client.get('/sign_in')
    const before = page.cookie('tsukasa_session')?.value
    const response = await client
      .post('/sign_in')
      .form({ login: contractor.login, password })
      .cookie('tsukasa_session', before)
      .withCsrfToken()
      .redirects(0)
    const after = response.cookie('tsukasa_session')?.value
    assert.exists(after)
    assert.notEqual(after, before)
  })

  test('PNL-08: success and failure are in the operation log of whose name it was', async ({
    assert,
    client,
  }) => {
    const { contractor } = await makeTenant()
    for (const secret of [password, 'wrong']) {
      await client
        .post('/sign_in')
        .form({ login: contractor.login, password: secret })
        .withCsrfToken()
        .redirects(0)
    }
    const logs = await OperationLog.query().where('accountId', contractor.id).orderBy('id')
    assert.deepEqual(
      logs.map(({ action, succeeded }) => [action, succeeded]),
      [
        ['session.store', true],
        ['session.store', false],
      ]
    )
  })

  test('a person comes to the page he wanted after signing in', async ({ assert, client }) => {
    const { contractor, server } = await makeTenant()
    const asked = await client.get(`/servers/${server.id}`).redirects(0)
    const response = await client
      .post('/sign_in')
      .form({ login: contractor.login, password })
      .withSession(asked.session())
      .withCsrfToken()
      .redirects(0)
    assert.equal(response.header('location'), `/servers/${server.id}`)
  })

  test('signing out ends the session', async ({ client }) => {
    const { contractor } = await makeTenant()
    const response = await client.post('/sign_out').loginAs(contractor).withCsrfToken().redirects(0)
    response.assertHeader('location', '/sign_in')
    response.assertSessionMissing('auth_customer')
  })

  test('who is signed in already does not see the sign-in page', async ({ client }) => {
    const { contractor } = await makeTenant()
    const response = await client.get('/sign_in').loginAs(contractor).redirects(0)
    response.assertHeader('location', '/')
  })

  test('a typed name is shown again as text, the password never', async ({ assert, client }) => {
    const login = '"><script>alert(1)</script>'
    const refusal = await client
      .post('/sign_in')
      .form({ login, password: 'hunter2-hunter2' })
      .withCsrfToken()
      .redirects(0)
    assert.notInclude(JSON.stringify(refusal.flashMessages()), 'hunter2-hunter2')

    const page = await client.get('/sign_in').withFlashMessages(refusal.flashMessages())
    assert.notInclude(page.text(), '<script>alert(1)')
    assert.include(page.text(), '&lt;script&gt;alert(1)')
  })
})
