import { test } from '@japa/runner'
import { isPublicAddress } from '#clients/public_addresses'
import { readPublicFile } from '#clients/public_file'
import { serveForeignSite } from '#tests/support/foreign_site'

const question = { host: 'shop.example.jp', path: '/proof.txt', isSecure: false }

test.group('Files of foreign sites', () => {
  test('security.md: only addresses of the public internet are asked', ({ assert }) => {
    const closed =
      '0.0.0.0 10.0.0.1 10.255.255.255 100.64.0.1 127.0.0.1 127.255.255.255 169.254.169.254 172.16.0.1 172.31.255.255 ' +
      '192.0.0.1 192.0.2.1 192.168.0.1 198.18.0.1 198.51.100.7 203.0.113.9 224.0.0.1 240.0.0.1 255.255.255.255 ' +
      '::1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 fe80::1 2130706433 0x7f000001 0177.0.0.1 127.1 localhost'
    for (const address of [...closed.split(' '), ''])
      assert.isFalse(isPublicAddress(address), address)
    for (const address of ['8.8.8.8', '172.15.0.1', '172.32.0.1', '100.128.0.1', '223.255.255.254'])
      assert.isTrue(isPublicAddress(address), address)
  })

  test('security.md: a name with one address inside is not asked at all', async ({ assert }) => {
    for (const addresses of [['127.0.0.1'], ['8.8.8.8', '10.0.0.1'], ['169.254.169.254']])
      assert.deepEqual(await readPublicFile({ ...question, addresses }), {
        state: 'private_address',
      })
    assert.deepEqual(await readPublicFile({ ...question, addresses: [] }), { state: 'no_address' })
  })

  test('DOM-01: the file is read under the name of the site', async ({ assert, cleanup }) => {
    await serveForeignSite(
      ({ url, headers }, answer) => answer.end(`${headers.host} ${url}`),
      cleanup
    )
    const found = await readPublicFile({ ...question, addresses: ['127.0.0.1'] })
    assert.deepEqual(found, { state: 'read', text: 'shop.example.jp /proof.txt' })
  })

  test('security.md: redirects are not followed, and no other status counts', async ({
    assert,
    cleanup,
  }) => {
    let asked = 0
    let status = 302
    await serveForeignSite((_, answer) => {
      asked++
      answer.writeHead(status, { location: '/elsewhere' }).end('text')
    }, cleanup)
    const ask = () => readPublicFile({ ...question, addresses: ['127.0.0.1'] })
    assert.deepEqual(await ask(), { state: 'redirect' })
    assert.equal(asked, 1)
    for (status of [404, 403, 500, 204]) assert.deepEqual(await ask(), { state: 'status', status })
  })

  test('security.md: what never ends is ended, in bytes and in time', async ({
    assert,
    cleanup,
  }) => {
    let dripping: NodeJS.Timeout | undefined
    await serveForeignSite(({ url }, answer) => {
      if (url === '/drip') dripping = setInterval(() => answer.write('x'), 100)
      else answer.end('x'.repeat(5_000_000))
    }, cleanup)
    cleanup(() => clearInterval(dripping))
    const addresses = ['127.0.0.1']
    assert.deepEqual(await readPublicFile({ ...question, addresses }), { state: 'too_large' })
    const start = performance.now()
    const slow = await readPublicFile({ ...question, path: '/drip', addresses })
    assert.deepEqual(slow, { state: 'no_answer' })
    assert.isBelow(performance.now() - start, 6000)
  }).timeout(10_000)
})
