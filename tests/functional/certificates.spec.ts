import { execFileSync } from 'node:child_process'
import { createPublicKey } from 'node:crypto'
import encryption from '@adonisjs/core/services/encryption'
import db from '@adonisjs/lucid/services/db'
import testUtils from '@adonisjs/core/services/test_utils'
import mail from '@adonisjs/mail/services/main'
import { test } from '@japa/runner'
import type { ApiClient, ApiResponse } from '@japa/api-client'
import { DateTime } from 'luxon'
import { certificatePolicy, certificatesPerDomain } from '#config/certificates'
import { loadDesiredServer } from '#convergence/desired/load_desired_server'
import {
  makeCertificate,
  makeDomain,
  makeServer,
  makeTenant,
  type Tenant,
} from '#database/factories/tenant'
import WarnOfCertificates from '#jobs/warn_of_certificates'
import { tellOfEnds } from '#mails/certificate_end'
import type Account from '#models/account'
import Certificate from '#models/certificate'
import type Domain from '#models/domain'
import OperationLog from '#models/operation_log'
import Task from '#models/task'
import { CertificateAuthority, type Wish } from '#tests/support/certificate_authority'

type Form = Record<string, string>

function send(client: ApiClient, path: string, form: Form, by: Account, method = 'POST') {
  return client
    .post(method === 'POST' ? path : `${path}?_method=${method}`)
    .header('referer', path)
    .form(form)
    .loginAs(by)
    .withCsrfToken()
    .redirects(0)
}

const errorsOf = (response: ApiResponse) =>
  (response.flashMessage('inputErrorsBag') ?? {}) as Record<string, string[]>
const newest = () => Certificate.query().orderBy('id', 'desc').firstOrFail()
const pathOf = ({ domain }: Pick<Tenant, 'domain'>) => `/domains/${domain.id}/web`
const company = {
  common_name: 'www',
  key_kind: 'rsa-2048',
  organization: 'Example Co., Ltd.',
  locality: 'Chiyoda-ku',
  state: 'Tokyo',
  country: 'jp',
}

async function desiredOf({ id, serverId }: Domain) {
  const { details } = await loadDesiredServer(serverId, [id])
  return details.get(id)!
}

async function chainOf(domain: Domain) {
  const { certificate } = await desiredOf(domain)
  return certificate?.chain
}

test.group('Certificates', (group) => {
  let root: CertificateAuthority
  group.setup(async () => {
    root = await CertificateAuthority.create()
  })
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  const issueFor = ({ name }: Domain, wish: Wish = {}) =>
    root.issue({ names: [name, `www.${name}`], ...wish })

  async function upload(client: ApiClient, tenant: Tenant, wish: Wish = {}, form: Form = {}) {
    const made = await issueFor(tenant.domain, wish)
    const { certificate, key } = made
    const all = { private_key: key, certificate, chain: root.certificate, ...form }
    const response = await send(client, `${pathOf(tenant)}/certificates`, all, tenant.admin)
    await tenant.domain.refresh()
    return { ...made, response }
  }

  test('OPT-05: a key and certificate from elsewhere are served at once', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const { certificate, key, response } = await upload(client, tenant)
    assert.deepEqual(errorsOf(response), {})
    const found = await newest()
    assert.equal(tenant.domain.certificateId, found.id)
    const desired = await desiredOf(tenant.domain)
    assert.equal(desired.certificate!.chain, certificate)
    assert.equal(desired.certificate!.privateKey, key)
    const [task] = await Task.query().where('server_id', tenant.server.id)
    assert.include(task.payload, `"domainIds":[${tenant.domain.id}]`)
  })

  test('OPT-05: a key is never kept or shown in the clear', async ({ assert, client }) => {
    const tenant = await makeTenant()
    const { key } = await upload(client, tenant)
    const secret = key.split('\n')[1]
    const found = await newest()
    assert.notInclude(found.privateKey, secret)
    assert.equal(encryption.decrypt(found.privateKey), key)
    const pages = ['certificates', `certificates/${found.id}`, 'certificates/create']
    for (const page of pages) {
      const { status, text } = await client
        .get(`${pathOf(tenant)}/${page}`)
        .loginAs(tenant.admin)
        .then((answer) => ({ status: answer.status(), text: answer.text() }))
      assert.equal(status, 200, page)
      assert.notInclude(text, secret)
      assert.notInclude(text, found.privateKey)
    }
    const rows = [await Task.query(), await OperationLog.query(), await db.from('sessions')]
    assert.notInclude(JSON.stringify(rows), secret)
  })

  test('OPT-05: what was typed comes back with the mistake, the key does not', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const { response, certificate } = await upload(client, tenant, { names: ['other.example'] })
    assert.match(errorsOf(response).certificate[0], /other\.example/)
    assert.equal(response.flashMessage('certificate'), certificate)
    assert.isUndefined(response.flashMessage('private_key'))
    assert.isNull(tenant.domain.certificateId)
    assert.equal(await Certificate.query().where('domain_id', tenant.domain.id).first(), null)
    assert.isEmpty(await Task.query().where('server_id', tenant.server.id))
  })

  const mistakes: [string, string, Form][] = [
    [
      'an encrypted key',
      'private_key',
      {
        private_key:
          '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----',
      },
    ],
    ['a chain that is too long', 'chain', { chain: 'x'.repeat(65_537) }],
    ['a chain without its end', 'chain', { chain: '-----BEGIN CERTIFICATE-----\nAAAA' }],
    ['a chain that leads nowhere', 'chain', { chain: '' }],
    ['no certificate', 'certificate', { certificate: '', chain: '' }],
  ]
  for (const [what, field, form] of mistakes) {
    test(`OPT-05: ${what} is said at its field`, async ({ assert, client }) => {
      const tenant = await makeTenant()
      const { response } = await upload(client, tenant, {}, form)
      assert.deepEqual(Object.keys(errorsOf(response)), [field])
      assert.isNull(tenant.domain.certificateId)
    })
  }

  test('OPT-05: a CSR says what authorities in Japan want to know', async ({ assert, client }) => {
    const tenant = await makeTenant()
    const { domain } = tenant
    const path = `${pathOf(tenant)}/certificate_requests`
    for (const kind of ['rsa-2048', 'ec-p256']) {
      const response = await send(client, path, { ...company, key_kind: kind }, tenant.admin)
      assert.deepEqual(errorsOf(response), {})
      const { request, privateKey, id } = await newest()
      assert.equal(response.header('location'), `${pathOf(tenant)}/certificates/${id}`)
      const text = execFileSync('openssl', ['req', '-noout', '-text', '-verify'], {
        ...{ input: request!, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] },
      })
      assert.include(
        text,
        `C = JP, ST = Tokyo, L = Chiyoda-ku, O = "Example Co., Ltd.", CN = www.${domain.name}`
      )
      assert.include(text, `DNS:www.${domain.name}, DNS:${domain.name}`)
      assert.notInclude(privateKey, 'PRIVATE KEY')
    }
    assert.isEmpty(await Task.query().where('server_id', tenant.server.id))
  })

  test('OPT-05: Japanese letters are refused in a CSR, at their field', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const form = { ...company, organization: '株式会社例', country: 'Japan' }
    const path = `${pathOf(tenant)}/certificate_requests`
    const response = await send(client, path, form, tenant.admin)
    assert.sameMembers(Object.keys(errorsOf(response)), ['organization', 'country'])
  })

  test('OPT-05: what an authority answers to a CSR is served; a bad answer leaves what was', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    await upload(client, tenant)
    const before = tenant.domain.certificateId
    const waiting = await makeCertificate(tenant.domain)
    const path = `${pathOf(tenant)}/certificates/${waiting.id}`
    const put = (form: Form) => send(client, path, form, tenant.admin, 'PUT')

    const foreign = await issueFor(tenant.domain)
    const bad = await put({ certificate: foreign.certificate, chain: root.certificate })
    assert.match(errorsOf(bad).certificate[0], /秘密鍵と組になっていません/)
    await tenant.domain.refresh()
    assert.equal(tenant.domain.certificateId, before)

    const pair = await pairOf(waiting)
    const { certificate } = await issueFor(tenant.domain, { pair })
    const good = await put({ certificate, chain: root.certificate })
    assert.deepEqual(errorsOf(good), {})
    await tenant.domain.refresh()
    assert.equal(tenant.domain.certificateId, waiting.id)
    assert.equal(await chainOf(tenant.domain), certificate)
  })

  test('OPT-05: one certificate serves on several servers of the contract, renewed on all', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const away = await makeServer(tenant.contract)
    const { domain: second, admin } = await makeDomain(away)
    const names = [tenant.domain, second].map(({ name }) => name)
    await upload(client, tenant, { names })
    const found = await newest()
    const use = `${pathOf({ domain: second })}/certificates/${found.id}/use`

    const byAdmin = await send(client, use, {}, admin)
    assert.equal(byAdmin.status(), 404)
    await send(client, use, {}, tenant.contractor)
    await second.refresh()
    assert.equal(second.certificateId, found.id)

    const { certificate } = await issueFor(tenant.domain, { names, pair: await pairOf(found) })
    const path = `${pathOf(tenant)}/certificates/${found.id}`
    await send(client, path, { certificate, chain: root.certificate }, tenant.admin, 'PUT')
    for (const domain of [tenant.domain, second]) {
      assert.equal(await chainOf(domain), certificate)
      const applies = await Task.query().where('server_id', domain.serverId)
      assert.lengthOf(applies, 2)
    }
  })

  test('OPT-05: nobody uses, sees or deletes a certificate of another customer', async ({
    assert,
    client,
  }) => {
    const [tenant, other] = [await makeTenant(), await makeTenant()]
    await upload(client, other, { names: [other.domain.name, tenant.domain.name] })
    const found = await newest()
    const path = `${pathOf(tenant)}/certificates/${found.id}`
    for (const by of [tenant.admin, tenant.contractor]) {
      const seen = await client.get(path).loginAs(by)
      assert.equal(seen.status(), 404)
      for (const verb of ['use', 'deletion']) {
        const done = await send(client, `${path}/${verb}`, {}, by)
        assert.equal(done.status(), 404)
      }
    }
  })

  test('OPT-05: what is served is not deleted; what is not served goes with its key', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    await upload(client, tenant)
    const { id } = await newest()
    const path = `${pathOf(tenant)}/certificates/${id}/deletion`
    const refused = await send(client, path, {}, tenant.admin)
    assert.match(errorsOf(refused).form[0], /使われているため/)
    await send(client, `${pathOf(tenant)}/certificate_stop`, {}, tenant.admin)
    await tenant.domain.refresh()
    assert.isNull(tenant.domain.certificateId)
    await send(client, path, {}, tenant.admin)
    assert.isNull(await Certificate.find(id))
  })

  const inDays = (days: number) => DateTime.utc().plus({ days }).toJSDate()

  test('OPT-05: one that covers less, or ends earlier, is kept, and asked about', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const { domain, admin } = tenant
    await upload(client, tenant, { until: inDays(300) })
    const best = domain.certificateId!
    const worse: [Wish, RegExp][] = [
      [{ names: [domain.name], until: inDays(301) }, /www\.[^ ]+ が対象外になります/],
      [{ until: inDays(5) }, /有効期限が、.*に短くなります/],
    ]
    for (const [wish, said] of worse) {
      const { response } = await upload(client, tenant, wish)
      const { id } = await newest()
      assert.equal(domain.certificateId, best)
      const path = `${pathOf(tenant)}/certificates/${id}`
      assert.equal(response.header('location'), path)
      const page = await client.get(path).loginAs(admin)
      assert.match(page.text().replaceAll(/\s+/g, ' '), said)
      assert.include(page.text(), `name="instead_of" value="${best}"`)

      const unasked = await send(client, `${path}/use`, {}, admin)
      assert.match(errorsOf(unasked).form[0], /対象の名前が減るか/)
      // What is served changed while the page was open
      const outdated = await send(client, `${path}/use`, { instead_of: String(id) }, admin)
      assert.match(errorsOf(outdated).form[0], /対象の名前が減るか/)
      await domain.refresh()
      assert.equal(domain.certificateId, best)
    }
    const { id } = await newest()
    const path = `${pathOf(tenant)}/certificates/${id}/use`
    await send(client, path, { instead_of: String(best) }, admin)
    await domain.refresh()
    assert.equal(domain.certificateId, id)
  })

  test('OPT-05: instead of one that is over, or with another day less, nothing is asked', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    await upload(client, tenant, { until: inDays(300) })
    await upload(client, tenant, { until: inDays(299.5) })
    const second = await newest()
    assert.equal(tenant.domain.certificateId, second.id)
    await Certificate.query().update({ valid_until: '2020-01-01 00:00:00' })
    await upload(client, tenant, { names: [tenant.domain.name], until: inDays(5) })
    const third = await newest()
    assert.equal(tenant.domain.certificateId, third.id)
  })

  test('OPT-05: a renewal that is worse takes nothing from any domain that the former one serves', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const { domain: second } = await makeDomain(tenant.server)
    const names = [tenant.domain.name, second.name]
    await upload(client, tenant, { names, until: inDays(300) })
    const former = await newest()
    await former.useFor(second, { by: tenant.contractor, ip: null })
    const { certificate } = await issueFor(tenant.domain, {
      names: [tenant.domain.name],
      until: inDays(300),
      pair: await pairOf(former),
    })
    const path = `${pathOf(tenant)}/certificates/${former.id}`
    const form = { certificate, chain: root.certificate }
    const put = await send(client, path, form, tenant.admin, 'PUT')
    const kept = await newest()
    assert.equal(put.header('location'), `${pathOf(tenant)}/certificates/${kept.id}`)
    assert.equal(await chainOf(second), former.certificate)
    assert.equal(await chainOf(tenant.domain), former.certificate)
    assert.equal(kept.certificate, certificate)
  })

  test('WEB-09: nobody is sent to HTTPS without a certificate that is valid there', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const path = `${pathOf(tenant)}/https`
    const wish = { https_redirect: 'on', hsts: '300', http2: 'off' }
    const put = () => send(client, path, wish, tenant.admin, 'PUT')
    assert.match(errorsOf(await put()).https_redirect[0], /証明書がない/)
    await upload(client, tenant)
    await Certificate.query().update({ valid_until: '2020-01-01 00:00:00' })
    assert.match(errorsOf(await put()).https_redirect[0], /有効期限/)
    await Certificate.query().update({ valid_until: '2099-01-01 00:00:00' })
    assert.deepEqual(errorsOf(await put()), {})
    const { https } = await desiredOf(tenant.domain)
    assert.deepEqual(https, { redirect: true, hstsSeconds: 300, http2: false })
    // Without its certificate it is over at once
    await send(client, `${pathOf(tenant)}/certificate_stop`, {}, tenant.admin)
    const after = await desiredOf(tenant.domain)
    assert.deepEqual(after.https, { redirect: false, hstsSeconds: 0, http2: false })
    assert.isNull(after.certificate)
  })

  test('WEB-09: nor with one that is for other names; and without the redirect nothing is promised for later', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const path = `${pathOf(tenant)}/https`
    const put = (form: Form) => send(client, path, { http2: 'on', ...form }, tenant.admin, 'PUT')
    await upload(client, tenant)
    const kept = await put({ https_redirect: 'off', hsts: '31536000' })
    assert.deepEqual(errorsOf(kept), {})
    const { https } = await desiredOf(tenant.domain)
    assert.deepEqual(https, { redirect: false, hstsSeconds: 0, http2: true })
    // As a renewal leaves it that was made for another domain's page.
    await Certificate.query().update({ names: JSON.stringify(['other.example']) })
    const refused = await put({ https_redirect: 'on', hsts: '0' })
    assert.match(errorsOf(refused).https_redirect[0], /証明書がない/)
  })

  test('OPT-05: what is over, or for other names, is not taken into use', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    await upload(client, tenant)
    const { id } = await newest()
    await send(client, `${pathOf(tenant)}/certificate_stop`, {}, tenant.admin)
    const use = () => send(client, `${pathOf(tenant)}/certificates/${id}/use`, {}, tenant.admin)
    await Certificate.query().where('id', id).update({ valid_until: '2020-01-01 00:00:00' })
    assert.match(errorsOf(await use()).form[0], /有効期限が過ぎています/)
    const other = { valid_until: '2099-01-01 00:00:00', names: JSON.stringify(['other.example']) }
    await Certificate.query().where('id', id).update(other)
    assert.match(errorsOf(await use()).form[0], /名前を対象にしていません/)
    await tenant.domain.refresh()
    assert.isNull(tenant.domain.certificateId)
  })

  test('OPT-05: a domain has twenty certificates and requests at most', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const { id } = await makeCertificate(tenant.domain)
    const row = await db.from('certificates').where('id', id).firstOrFail()
    const rows = Array.from({ length: certificatesPerDomain - 1 }, () => ({ ...row, id: null }))
    await db.insertQuery().table('certificates').multiInsert(rows)
    const { response } = await upload(client, tenant)
    assert.match(errorsOf(response).form[0], /20個まで/)
    const path = `${pathOf(tenant)}/certificate_requests`
    const refused = await send(client, path, company, tenant.admin)
    assert.match(errorsOf(refused).form[0], /20個まで/)
  })

  test('OPT-05: a key that cannot be read any more is said where its certificate is registered', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const waiting = await makeCertificate(tenant.domain)
    const { certificate } = await issueFor(tenant.domain, { pair: await pairOf(waiting) })
    await Certificate.query().where('id', waiting.id).update({ private_key: 'of another APP_KEY' })
    const path = `${pathOf(tenant)}/certificates/${waiting.id}`
    const form = { certificate, chain: root.certificate }
    const response = await send(client, path, form, tenant.admin, 'PUT')
    assert.deepEqual(Object.keys(errorsOf(response)), ['certificate'])
    await tenant.domain.refresh()
    assert.isNull(tenant.domain.certificateId)
  })

  test('DOM-02: a ready domain has no certificate of its own', async ({ assert, client }) => {
    const tenant = await makeTenant()
    await tenant.domain.merge({ kind: 'ready' }).save()
    const { response } = await upload(client, tenant)
    assert.match(errorsOf(response).form[0], /レディドメイン/)
    for (const path of ['certificate_requests', 'automatic_certificate']) {
      const refused = await send(client, `${pathOf(tenant)}/${path}`, company, tenant.admin)
      assert.match(errorsOf(refused).form[0], /レディドメイン/, path)
    }
    assert.isNull(tenant.domain.certificateId)
  })

  test('OPT-05: a provider may want an added address of the server first', async ({
    assert,
    client,
    cleanup,
  }) => {
    const tenant = await makeTenant()
    cleanup(() => void (certificatePolicy.needsAddedAddress = false))
    certificatePolicy.needsAddedAddress = true
    const { response } = await upload(client, tenant)
    assert.match(errorsOf(response).form[0], /追加のグローバルIPアドレス/)
    for (const path of ['certificate_requests', 'automatic_certificate']) {
      const refused = await send(client, `${pathOf(tenant)}/${path}`, company, tenant.admin)
      assert.match(errorsOf(refused).form[0], /追加のグローバルIPアドレス/, path)
    }
    assert.isNull(tenant.domain.certificateId)

    const { id, computeNodeId } = tenant.server
    const addresses = ['192.0.2.201', '192.0.2.202']
    const rows = addresses.map((address) => ({
      compute_node_id: computeNodeId,
      address,
      server_id: id,
    }))
    await db.insertQuery().table('server_addresses').multiInsert(rows)
    await upload(client, tenant)
    assert.isNotNull(tenant.domain.certificateId)
  })

  test('DOM-05: with the domain go its keys, but not what another one serves', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    const { domain: second } = await makeDomain(tenant.server)
    await upload(client, tenant, { names: [tenant.domain.name, second.name] })
    const shared = await newest()
    const own = await makeCertificate(tenant.domain)
    await shared.useFor(second, { by: tenant.contractor, ip: null })
    await tenant.domain.remove({ by: tenant.contractor, ip: null })
    assert.isNull(await Certificate.find(own.id))
    assert.isNotNull(await Certificate.find(shared.id))
    assert.isDefined(await chainOf(second))
  })

  test('OPT-05: a file is taken from the network into memory', async ({ assert, client }) => {
    const tenant = await makeTenant()
    const { certificate, key } = await issueFor(tenant.domain)
    const response = await client
      .post(`${pathOf(tenant)}/certificates`)
      .field('private_key', key)
      .file('file', Buffer.from(certificate + root.certificate), { filename: 'server.pem' })
      .loginAs(tenant.admin)
      .withCsrfToken()
      .redirects(0)
    assert.deepEqual(errorsOf(response), {})
    await tenant.domain.refresh()
    assert.isNotNull(tenant.domain.certificateId)
  })

  test('OPT-05: its admin is told 60, 30, 14 and 7 days before the end, once each', async ({
    assert,
    client,
    cleanup,
  }) => {
    const tenant = await makeTenant()
    await upload(client, tenant)
    const found = await newest()
    const { messages } = mail.fake()
    cleanup(() => mail.restore())
    const told: number[] = []
    for (let days = 70; days >= 1; days--) {
      const now = found.validUntil!.minus({ days }).plus({ minutes: 1 }) as DateTime<true>
      await tellOfEnds(AbortSignal.timeout(60_000), now)
      await tellOfEnds(AbortSignal.timeout(60_000), now)
      if (messages.sent().length > told.length) told.push(days)
    }
    assert.deepEqual(told, [60, 30, 14, 7])
    const [first] = messages.sent()
    first.assertTo(`admin@${tenant.domain.name}`)
    first.assertTextIncludes(`/domains/${tenant.domain.id}/web/certificates`)
  })

  test('OPT-05: a mail that cannot be sent is tried again the next day', async ({
    assert,
    client,
  }) => {
    const tenant = await makeTenant()
    await upload(client, tenant, { until: DateTime.utc().plus({ days: 10 }).toJSDate() })
    const lines: string[] = []
    const run = {
      signal: AbortSignal.timeout(60_000),
      log: async (line: string) => void lines.push(line),
    }
    // Nothing listens at the port of mail here
    await new WarnOfCertificates().handle(run)
    assert.lengthOf(lines, 1)
    const { warnedDays } = await newest()
    assert.isNull(warnedDays)
  })
})

async function pairOf({ key }: Certificate) {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
  return {
    privateKey: key!.toCryptoKey(algorithm, true, ['sign']),
    publicKey: createPublicKey(key!).toCryptoKey(algorithm, true, ['verify']),
  }
}
