import { test } from '@japa/runner'

test.group('Health', () => {
  test('OPS-01: the panel says that it and its database work, without a session', async ({
    assert,
    client,
  }) => {
    const response = await client.get('/health')
    response.assertStatus(200)
    response.assertBodyContains({ ok: true })
    assert.isUndefined(response.cookie('tsukasa_session'))
  })

  test('PNL-02: a page that is not there says so in Japanese, without a session', async ({
    assert,
    client,
  }) => {
    const response = await client.get('/no/such/page')
    response.assertStatus(404)
    response.assertTextIncludes('ページが見つかりません')
    assert.isUndefined(response.cookie('tsukasa_session'))
  })

  test('security.md: every page has a content policy that allows no inline code', async ({
    assert,
    client,
  }) => {
    const response = await client.get('/sign_in')
    const policy = response.header('content-security-policy') ?? ''
    assert.notInclude(policy, 'unsafe')
    assert.include(policy, "frame-ancestors 'none'")
    assert.equal(response.header('x-content-type-options'), 'nosniff')
    assert.equal(response.header('referrer-policy'), 'same-origin')
  })

  test('styles and scripts have an address that changes with them, and are kept for good', async ({
    assert,
    client,
  }) => {
    const page = await client.get('/sign_in')
    const [, path] = /href="(\/assets\/[0-9a-f]{12}\/css\/app\.css)"/.exec(page.text()) ?? []
    const response = await client.get(path)
    response.assertStatus(200)
    assert.include(response.header('cache-control'), 'immutable')
    const climbing = await client.get('/assets/000000000000/../../.env')
    climbing.assertStatus(404)
  })
})
