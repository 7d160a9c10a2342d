import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { DateTime } from 'luxon'
import { acme } from '#config/certificates'
import { retryAtOf } from '#clients/acme'
import { makeTenant, type Tenant } from '#database/factories/tenant'
import IssueCertificate from '#jobs/issue_certificate'
import RenewCertificates from '#jobs/renew_certificates'
import type { TaskRun } from '#jobs/task_run'
import AcmeAccount from '#models/acme_account'
import AutomaticCertificate, { renewalOf } from '#models/automatic_certificate'
import Task from '#models/task'
import { challengePort, checkNames } from '#monitoring/certificate_names'
import env from '#start/env'
import { FakeDns } from '#tests/support/fake_dns'

type Cleanup = (handler: () => void) => void

const run = {
  signal: AbortSignal.timeout(600_000),
  attempt: 1,
  log: async () => {},
  confirmOurs: async () => {},
}

async function listen(answer: RequestListener, cleanup: Cleanup): Promise<number> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanup(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** A server whose front answers what an authority asks for, and names that lead there. */
async function makeReachable(tenant: Tenant, cleanup: Cleanup) {
  const { domain, server } = tenant
  await server.merge({ address: '127.0.0.1' }).save()
  const dns = await FakeDns.start({
    [domain.name]: { a: ['127.0.0.1'] },
    [`www.${domain.name}`]: { a: ['127.0.0.1'] },
  })
  const before = { dns: env.get('DNS_SERVERS'), port: challengePort.number }
  env.set('DNS_SERVERS', dns.address)
  const { thumbprint } = await AcmeAccount.current()
  challengePort.number = await listen(({ url }, response) => {
    response.end(`${url!.split('/').at(-1)}.${thumbprint}`)
  }, cleanup)
  cleanup(() => {
    challengePort.number = before.port
    env.set('DNS_SERVERS', before.dns ?? '')
    dns.stop()
  })
}

async function issue({ domain }: Tenant) {
  const payload = { domainId: domain.id }
  await new IssueCertificate().handle({ ...run, payload } as unknown as TaskRun)
  return AutomaticCertificate.findByOrFail('domainId', domain.id)
}

const minutesUntil = (moment: DateTime | null) => moment!.diffNow('minutes').minutes

test.group('Certificates that come by themselves', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())
  group.each.setup(() => {
    const before = { ...acme }
    return () => void Object.assign(acme, before)
  })

  async function asked(cleanup: Cleanup, directory: string) {
    Object.assign(acme, { directory, patience: 500 })
    const tenant = await makeTenant()
    await AutomaticCertificate.begin(tenant.domain, { by: tenant.admin, ip: null })
    await makeReachable(tenant, cleanup)
    return tenant
  }

  test('WEB-09: the apply that makes the server answer, and the question, are one change', async ({
    assert,
    cleanup,
  }) => {
    const tenant = await asked(cleanup, 'http://127.0.0.1:9/dir')
    const tasks = await Task.query().orderBy('id')
    assert.deepEqual(
      tasks.map(({ kind }) => kind),
      ['converge_server', 'issue_certificate']
    )
    const account = await AcmeAccount.current()
    assert.notInclude(account.privateKey, 'PRIVATE')
    assert.lengthOf(account.thumbprint, 43)
    assert.equal(tenant.domain.certificateId, null)
  })

  test('WEB-09: an authority that is not there is asked again, later each time', async ({
    assert,
    cleanup,
  }) => {
    const tenant = await asked(cleanup, 'http://127.0.0.1:9/dir')
    const pauses: number[] = []
    for (let tries = 0; tries < 3; tries++) {
      const row = await issue(tenant)
      assert.deepEqual([row.state, row.failure], ['failed', 'unreachable'])
      assert.isEmpty(row.recentOrders)
      pauses.push(minutesUntil(row.nextTryAt))
    }
    for (const [index, least] of [15, 60, 240].entries()) {
      assert.closeTo(pauses[index], least * 1.125, least * 0.14)
    }
  })

  test('WEB-09: an authority that never answers holds nobody', async ({ assert, cleanup }) => {
    const port = await listen(() => {}, cleanup)
    const tenant = await asked(cleanup, `http://127.0.0.1:${port}/dir`)
    const row = await issue(tenant)
    assert.equal(row.failure, 'unreachable')
  })

  test('WEB-09: an authority that wants to be left alone is, for all domains', async ({
    assert,
    cleanup,
  }) => {
    let questions = 0
    const port = await listen((_, response) => {
      questions++
      response.writeHead(429, { 'Retry-After': '7200' }).end('{}')
    }, cleanup)
    const tenant = await asked(cleanup, `http://127.0.0.1:${port}/dir`)
    const row = await issue(tenant)
    assert.equal(row.failure, 'rate_limited')
    assert.closeTo(minutesUntil(row.nextTryAt), 120, 1)
    const { pausedUntil } = await AcmeAccount.current()
    assert.closeTo(minutesUntil(pausedUntil), 120, 1)

    const other = await makeTenant()
    await AutomaticCertificate.begin(other.domain, { by: other.admin, ip: null })
    const waiting = await issue(other)
    assert.deepEqual([waiting.state, waiting.failure], ['waiting', null])
    assert.equal(questions, 1)
  })

  test('WEB-09: no more than five orders of a domain in a week', async ({ assert, cleanup }) => {
    const port = await listen((_, response) => response.writeHead(403).end('{}'), cleanup)
    const tenant = await asked(cleanup, `http://127.0.0.1:${port}/dir`)
    for (let tries = 0; tries < 5; tries++) await issue(tenant)
    const row = await issue(tenant)
    assert.equal(row.failure, 'too_many_orders')
    assert.closeTo(minutesUntil(row.nextTryAt), 7 * 24 * 60, 60)
  })

  test('WEB-09: without a name that leads here nobody is asked', async ({ assert }) => {
    Object.assign(acme, { directory: 'http://127.0.0.1:9/dir' })
    const tenant = await makeTenant()
    await AutomaticCertificate.begin(tenant.domain, { by: tenant.admin, ip: null })
    const row = await issue(tenant)
    assert.equal(row.failure, 'no_name_points_here')
    assert.isEmpty(row.recentOrders)
  })

  test('WEB-09: whatever a site answers instead of the front, the name is not good and nothing ends', async ({
    assert,
    cleanup,
  }) => {
    const tenant = await asked(cleanup, 'http://127.0.0.1:9/dir')
    const { name } = tenant.domain
    const answers: RequestListener[] = [
      (_, response) => {
        response.writeHead(200, { 'Content-Length': '100' }).write('x')
        setTimeout(() => response.destroy(), 20)
      },
      (_, response) => response.end('x'.repeat(100_000)),
      (_, response) => response.writeHead(302, { Location: 'http://127.0.0.1:9/' }).end(),
      (_, response) => response.destroy(),
    ]
    for (const answer of answers) {
      challengePort.number = await listen(answer, cleanup)
      const { thumbprint } = await AcmeAccount.current()
      const checked = await checkNames([name], { address: '127.0.0.1', thumbprint })
      assert.deepEqual(checked, [{ name, problem: 'no_answer' }])
    }
  })

  test('WEB-09: renewals are spread, and a domain is queued once', async ({ assert }) => {
    const tenants = await Promise.all([1, 2, 3, 4, 5, 6].map(() => makeTenant()))
    for (const { domain, admin } of tenants) {
      await AutomaticCertificate.begin(domain, { by: admin, ip: null })
    }
    await Task.query().delete()
    const { signal } = run
    await new RenewCertificates().handle({ signal })
    await new RenewCertificates().handle({ signal })
    const tasks = await Task.query().where('kind', 'issue_certificate')
    assert.lengthOf(tasks, 6)
    const moments = new Set(tasks.map(({ runAt }) => runAt.toMillis()))
    assert.isAbove(moments.size, 3)
  })

  test('WEB-09: short lives are renewed in their last third', ({ assert }) => {
    const from = DateTime.utc()
    for (const [days, left] of [
      [90, 30],
      [6, 2],
      [398, 30],
    ]) {
      const until = from.plus({ days })
      const ahead = until.diff(renewalOf(from, until), 'days').days
      assert.isAtLeast(ahead, left - 0.01)
      assert.isAtMost(ahead, left * 1.1 + 0.01)
    }
  })

  test('WEB-09: Retry-After is seconds or a date, and never for ever', ({ assert }) => {
    const now = Date.parse('2026-11-22T00:00:00Z')
    assert.equal(retryAtOf('60', now)?.getTime(), now + 60_000)
    assert.equal(retryAtOf('Sun, 22 Nov 2026 01:00:00 GMT', now)?.getTime(), now + 3_600_000)
    assert.equal(retryAtOf('999999999', now)?.getTime(), now + 7 * 86_400_000)
    assert.isNull(retryAtOf('soon', now))
  })
})
