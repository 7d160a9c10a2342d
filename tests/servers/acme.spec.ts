import { X509Certificate } from 'node:crypto'
import { connect } from 'node:tls'
import { test } from '@japa/runner'
import { acme } from '#config/certificates'
import { jobs } from '#jobs/index'
import { Worker } from '#jobs/worker'
import AcmeAccount from '#models/acme_account'
import AutomaticCertificate from '#models/automatic_certificate'
import Certificate from '#models/certificate'
import type Domain from '#models/domain'
import { setHttps } from '#models/domain/https'
import env from '#start/env'
import { Pebble } from '#tests/support/pebble'
import { testServer, type TestServer } from '#tests/support/test_server'

const name = 'acme-test.jp'
const suspendedName = 'acme-second.jp'

test.group('Certificates that come by themselves, from a real authority', (group) => {
  let server: TestServer
  let domain: Domain
  let second: Domain
  let pebble: Pebble
  group.setup(async () => {
    server = await testServer()
    domain = await server.addDomain(name)
    second = await server.addDomain(suspendedName)
    pebble = await Pebble.start(server.address)
    const before = { ...acme, dns: env.get('DNS_SERVERS') }
    Object.assign(acme, { directory: pebble.directory, authoritiesFile: pebble.authoritiesFile })
    env.set('DNS_SERVERS', pebble.dns.panel.address)
    return async () => {
      Object.assign(acme, { directory: before.directory, authoritiesFile: before.authoritiesFile })
      env.set('DNS_SERVERS', before.dns ?? '')
      await pebble.stop()
    }
  })

  /** Asked for, brought to the server, asked of the authority, brought to the server. */
  async function obtain(of: Domain) {
    await AutomaticCertificate.begin(of, server.actor)
    await server.converge()
    await settle()
    await of.refresh()
    return AutomaticCertificate.findByOrFail('domainId', of.id)
  }

  async function settle() {
    const worker = new Worker({ jobs, backoff: () => 100 })
    await worker.runUntilIdle()
    await server.converge()
  }

  /** Names in what is shown; rejects unless the authority stands behind it. */
  async function namesShown(host: string) {
    const ca = await pebble.root()
    return new Promise<string>((resolve, reject) => {
      const socket = connect({ host: server.address, port: 443, servername: host, ca }, () => {
        const { raw } = socket.getPeerCertificate()
        socket.destroy()
        resolve(new X509Certificate(raw).subjectAltName ?? '')
      })
      socket.on('error', reject)
    })
  }

  test('WEB-09: one click is enough for all names that lead here; one that does not stops nothing', async ({
    assert,
  }) => {
    await pebble.dns.panel.lead(`www.${name}`, '192.0.2.1')
    // The site answers every request with its own, and sleeps
    const rules = 'RewriteEngine On\nRewriteRule ^ https://elsewhere.example/ [R=302,L]\n'
    const write = ['tee', `/data/domain/${name}/html/.htaccess`]
    await server.exec(
      ['setpriv', `--reuid=${domain.uid}`, `--regid=${domain.uid}`, '--clear-groups', ...write],
      rules
    )
    const automatic = await obtain(domain)
    assert.deepEqual([automatic.state, automatic.failureDetails], ['issued', null])
    const problems = automatic.checkedNames.filter(({ problem }) => problem)
    assert.deepEqual(problems, [{ name: `www.${name}`, problem: 'points_elsewhere' }])
    const shown = await namesShown(name)
    for (const each of [name, `mail.${name}`, `autoconfig.${name}`, `mta-sts.${name}`]) {
      assert.include(shown, `DNS:${each}`)
      assert.include(await namesShown(each), `DNS:${each}`)
    }
    assert.notInclude(shown, `www.${name}`)
    const { url } = await AcmeAccount.current()
    assert.isNotNull(url)
  }).timeout(90_000)

  test('WEB-09: what the authority itself cannot see is left out, and the rest comes', async ({
    assert,
  }) => {
    await pebble.dns.authority.lead(`mail.${suspendedName}`, '127.0.0.9')
    const automatic = await obtain(second)
    assert.deepEqual([automatic.state, automatic.failureDetails], ['issued', null])
    const refused = automatic.checkedNames.filter(({ problem }) => problem)
    assert.deepEqual(refused, [{ name: `mail.${suspendedName}`, problem: 'refused' }])
    assert.include(await namesShown(`www.${suspendedName}`), `DNS:${suspendedName}`)
    assert.lengthOf(automatic.recentOrders, 2)
  }).timeout(90_000)

  test('WEB-09: it is renewed while everything leads to HTTPS; the one before goes', async ({
    assert,
  }) => {
    await setHttps(domain, { redirect: true, hstsSeconds: 300, http2: true }, server.actor)
    await server.converge()
    const before = domain.certificateId!
    const automatic = await obtain(domain)
    assert.deepEqual([automatic.state, automatic.failureDetails], ['issued', null])
    assert.notEqual(domain.certificateId, before)
    assert.isNull(await Certificate.find(before))
    const days = automatic.nextTryAt!.diffNow('days').days
    const { daysLeft } = await Certificate.findOrFail(domain.certificateId)
    assert.isBelow(days, daysLeft!)
    assert.isAbove(days, 0)
  }).timeout(90_000)

  test('WEB-09: nobody else’s question is answered', async ({ assert }) => {
    const path = '/.well-known/acme-challenge/abcdefghijklmnop'
    const { thumbprint } = await AcmeAccount.current()
    const answer = await server.http(name, path)
    assert.equal(answer.body, `abcdefghijklmnop.${thumbprint}`)
    for (const [host, asked] of [
      ['unknown.example', path],
      [domain.testName + '.x', path],
      [name, `${path}%0d%0aX:y`],
      [name, '/.well-known/acme-challenge/%3Cscript%3Ealert(1)'],
    ]) {
      const { body } = await server.http(host, asked)
      assert.notInclude(body, thumbprint, `${host} ${asked}`)
    }
  })
})
