import { test } from '@japa/runner'
import { countLookUps, spfLookUps } from '#monitoring/spf_look_ups'
import env from '#start/env'
import { FakeDns, type Zone } from '#tests/support/fake_dns'

const policy = (text: string) => ({ txt: [[`v=spf1 ${text} -all`]] })
const line = (text: string) => {
  return { name: '@', type: 'TXT', ttl: 300, content: `"v=spf1 ${text} -all"` }
}

async function served(zone: Zone, cleanup: (handler: () => void) => void) {
  const dns = await FakeDns.start(zone)
  const before = env.get('DNS_SERVERS')
  env.set('DNS_SERVERS', dns.address)
  cleanup(() => {
    env.set('DNS_SERVERS', before ?? '')
    dns.stop()
  })
  return dns
}

test.group('Look-ups of SPF', () => {
  test('OPT-10: what asks DNS is counted, also within what is included, and nothing else (RFC 7208, 4.6.4)', async ({
    assert,
    cleanup,
  }) => {
    const zone = {
      'a.example.net': policy('include:b.example.net ip4:192.0.2.1 mx'),
      'b.example.net': policy('a ptr exists:%{i}.example.net ip6:2001:db8::1'),
    }
    await served(zone, cleanup)
    const count = await countLookUps('v=spf1 ip4:192.0.2.1 include:a.example.net -all', 'x.jp')
    // include a, its include b and mx; a, ptr and exists of b
    assert.equal(count, 6)
    assert.equal(await countLookUps('v=spf1 +MX ~A:x.example.net/24 all', 'x.jp'), 2)
  })

  test('OPT-10: more than ten are told at the row, ten are not', async ({ assert, cleanup }) => {
    await served({}, cleanup)
    const times = (count: number) => Array.from({ length: count }, (_, i) => `a:h${i}.jp`).join(' ')
    const told = await spfLookUps(
      [
        ['n1', line(times(10))],
        ['n2', line(times(11))],
      ],
      'x.jp'
    )
    assert.deepEqual(told, [
      { row: 'n2', input: 'content', key: 'spf_look_ups', data: { most: 10 } },
    ])
  })

  test('OPT-10: a policy that includes itself, or one that never answers, comes to an end', async ({
    assert,
    cleanup,
  }) => {
    const dns = await served({ 'a.example.net': policy('include:a.example.net') }, cleanup)
    assert.isAbove(await countLookUps('v=spf1 include:a.example.net', 'x.jp'), 10)
    assert.isBelow(dns.asked.length, 20)
    dns.zone = { 'a.example.net': 'silent' }
    const begun = performance.now()
    assert.equal(await countLookUps('v=spf1 include:a.example.net', 'x.jp'), 1)
    assert.isBelow(performance.now() - begun, 4000)
  })
})
