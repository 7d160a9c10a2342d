import { test } from '@japa/runner'
import { DateTime } from 'luxon'
import { recordsOf } from '#models/domain/mail_records'
import { checkRecords } from '#monitoring/published_records'
import env from '#start/env'
import { FakeDns, type Zone } from '#tests/support/fake_dns'

const host = { hostname: 'msv000001.smc-msv.jp', address: '192.0.2.25' }
const key = Buffer.alloc(294, 7).toString('base64')
const domain = {
  name: 'shop.jp',
  outMx: false,
  dkimSelector: 't20261122bcdf',
  dkimPublicKey: key,
  mtaSts: 'testing',
  mtaStsChangedAt: DateTime.fromISO('2026-11-22T03:04:05Z'),
}
const dkimName = 't20261122bcdf._domainkey.shop.jp'
const dkimText = `v=DKIM1; k=rsa; p=${key}`
const right: Zone = {
  'shop.jp': {
    mx: [[10, host.hostname]],
    txt: [['google-site-verification=1'], ['v=spf1 a:msv000001.smc-msv.jp ip4:192.0.2.25 ~all']],
  },
  [dkimName]: { txt: [[dkimText.slice(0, 255), dkimText.slice(255)]] },
  '_dmarc.shop.jp': { txt: [['v=DMARC1; p=none; rua=mailto:postmaster@shop.jp']] },
  '_mta-sts.shop.jp': { txt: [['v=STSv1; id=20261122030405;']] },
  'mta-sts.shop.jp': { a: ['192.0.2.25'] },
  'autoconfig.shop.jp': { a: ['192.0.2.25'] },
  'autodiscover.shop.jp': { a: ['192.0.2.25'] },
}

test.group('Published records', (group) => {
  let dns: FakeDns
  group.each.setup(async () => {
    const before = env.get('DNS_SERVERS')
    dns = await FakeDns.start()
    env.set('DNS_SERVERS', dns.address)
    return () => {
      env.set('DNS_SERVERS', before ?? '')
      dns.stop()
    }
  })

  const statesWith = async (zone: Zone, of: Parameters<typeof recordsOf>[0] = domain) => {
    dns.zone = zone
    const records = await checkRecords(recordsOf(of, host), host)
    return Object.fromEntries(records.map(({ kind, state }) => [kind, state]))
  }

  test('MAIL-11: what is wanted, published as it is shown, is seen', async ({ assert }) => {
    assert.deepEqual(await statesWith(right), {
      mx: 'published',
      spf: 'published',
      dkim: 'published',
      dmarc: 'published',
      mta_sts: 'published',
      mta_sts_host: 'published',
      autoconfig: 'published',
    })
  })

  test('MAIL-11: a long value is split as zone files need it, and is the same put together', ({
    assert,
  }) => {
    const [, , { value, quoted }] = recordsOf(domain, host)
    const parts = [...quoted!.matchAll(/"([^"]*)"/g)].map(([, part]) => part)
    assert.equal(parts.join(''), value)
    assert.isAbove(parts.length, 1)
    assert.isTrue(parts.every((part) => part.length <= 255))
  })

  test('MAIL-11: names that are not there, and names without the record, are not published', async ({
    assert,
  }) => {
    const nothing = await statesWith({})
    assert.deepEqual([...new Set(Object.values(nothing))], ['missing'])
    const empty = await statesWith({ 'shop.jp': { a: ['192.0.2.1'], txt: [['hello']] } })
    assert.deepEqual([...new Set(Object.values(empty))], ['missing'])
  })

  test('MAIL-11: what somebody else is told to do counts as different, and is shown', async ({
    assert,
  }) => {
    const states = await statesWith({
      'shop.jp': {
        mx: [[10, 'mx.elsewhere.jp']],
        txt: [['v=spf1 include:_spf.elsewhere.jp -all']],
      },
      '_spf.elsewhere.jp': { txt: [['v=spf1 ip4:198.51.100.0/24 -all']] },
      [dkimName]: { txt: [['v=DKIM1; k=rsa; p=']] },
      '_dmarc.shop.jp': { txt: [['v=DMARC1; p=none'], ['v=DMARC1; p=reject']] },
      '_mta-sts.shop.jp': { txt: [['v=STSv1; id=1;']] },
      'mta-sts.shop.jp': { a: ['198.51.100.1'] },
      'autoconfig.shop.jp': { a: ['198.51.100.1'] },
      'autodiscover.shop.jp': { a: ['198.51.100.1'] },
    })
    assert.deepEqual([...new Set(Object.values(states))], ['differs'])
    const [mx] = await checkRecords(recordsOf(domain, host), host)
    assert.deepEqual(mx.found, ['mx.elsewhere.jp'])
  })

  test('MAIL-11: answers that do not come or say no are no state at all, and take no longer than a few seconds', async ({
    assert,
  }) => {
    const start = performance.now()
    const states = await statesWith({
      ...right,
      'shop.jp': 'silent',
      [dkimName]: 'refused',
      'mta-sts.shop.jp': 'silent',
    })
    assert.isBelow(performance.now() - start, 4500)
    const { mx, spf, dkim, mta_sts_host: policyHost, dmarc } = states
    assert.deepEqual([mx, spf, dkim, policyHost], ['unknown', 'unknown', 'unknown', 'unknown'])
    assert.equal(dmarc, 'published')
  }).timeout(10_000)

  const policies: [string, string, Zone][] = [
    ['v=spf1 ip4:192.0.2.0/24 -all', 'published', {}],
    ['v=spf1 +a:msv000001.smc-msv.jp -all', 'published', {}],
    ['v=spf1 a -all', 'published', {}],
    ['v=spf1 mx -all', 'published', {}],
    ['V=SPF1 ip4:192.0.2.25 -all', 'published', {}],
    [
      'v=spf1 include:spf.other.jp ~all',
      'published',
      {
        'spf.other.jp': { txt: [['v=spf1 a:mail.other.jp -all']] },
        'mail.other.jp': { a: ['192.0.2.25'] },
      },
    ],
    [
      'v=spf1 redirect=spf.other.jp',
      'published',
      { 'spf.other.jp': { txt: [['v=spf1 ip4:192.0.2.25 -all']] } },
    ],
    ['v=spf1 -ip4:192.0.2.25 ~all', 'differs', {}],
    ['v=spf1 ip4:192.0.2.25/33 -all', 'differs', {}],
    ['v=spf1 ip4:999.0.2.25 -all', 'differs', {}],
    ['v=spf1 include:shop.jp -all', 'differs', {}],
    ['v=spf1 include:%{i}.other.jp -all', 'differs', {}],
    ['v=spf1 -all', 'differs', {}],
    ['v=spf10 ip4:192.0.2.25', 'missing', {}],
  ]
  for (const [policy, state, others] of policies) {
    test(`MAIL-11: SPF "${policy}" is ${state}`, async ({ assert }) => {
      const mx: [number, string][] = [[10, host.hostname]]
      const own = { mx, a: ['192.0.2.25'], txt: [[policy]] }
      const { spf } = await statesWith({ 'shop.jp': own, ...others })
      assert.equal(spf, state)
      assert.isBelow(dns.asked.length, 25)
    })
  }

  test('MAIL-11: two SPF records are as good as none, and are said to differ', async ({
    assert,
  }) => {
    const txt = [['v=spf1 ip4:192.0.2.25 -all'], ['v=spf1 -all']]
    const { spf } = await statesWith({ 'shop.jp': { txt } })
    assert.equal(spf, 'differs')
  })

  test('MAIL-10: with outMX the MX must be another server', async ({ assert }) => {
    const away = { ...domain, outMx: true }
    const toUs = await statesWith({ 'shop.jp': { mx: [[10, host.hostname]] } }, away)
    assert.equal(toUs.mx_elsewhere, 'differs')
    const toOthers = await statesWith({ 'shop.jp': { mx: [[10, 'mx.elsewhere.jp']] } }, away)
    assert.equal(toOthers.mx_elsewhere, 'published')
    assert.notProperty(toOthers, 'mta_sts')
  })
})
