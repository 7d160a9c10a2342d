import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import { makeTenant, type Tenant } from '#database/factories/tenant'
import BasicDns, { type BasicDnsWish } from '#models/basic_dns'
import { usualBasicDns } from '#models/basic_dns/lines'
import { lockName } from '#models/domain/name_claim'
import type { NameServerRole } from '#models/name_server'
import Task from '#models/task'
import Zone from '#models/zone'
import { addDns, releaseDns } from '#models/zone/of_domain'
import { publicationOf } from '#models/zone/publication_state'
import type { ZoneLine } from '#models/zone/record'
import { applyTable, refuseMistakes } from '#models/zone/table'
import { writeZoneFile } from '#models/zone/zone_file_writer'
import { answeredZones } from '#monitoring/delegation'
import { asBind } from '#tests/support/bind_zone'
import { TestNameServers } from '#tests/support/name_servers'
import { until } from '#tests/support/until'

const run = promisify(execFile)
let names: TestNameServers
let tenant: Tenant

const actor = () => ({ by: tenant.contractor, ip: null })
const zoneNow = () => Zone.findByOrFail('name', tenant.domain.name)
const isDelivered = async () => publicationOf(await zoneNow()) === 'published'

async function isAnswered(role: NameServerRole, name: string, address: string) {
  const found = await names.dig(role, name, 'A')
  return found.includes(address)
}

function choose(wish: Partial<BasicDnsWish>) {
  return BasicDns.choose(tenant.domain, { ...usualBasicDns, primaries: [], ...wish }, actor())
}

/** Everything that a name server has of a zone, judged by BIND's own checker. */
async function checkZone(zone: string) {
  const transfer = await names.shell('secondary', transferOf(zone))
  const folder = await mkdtemp(join(tmpdir(), 'zone-'))
  await writeFile(join(folder, 'zone'), lastSoaOff(transfer))
  try {
    const { stdout } = await run('named-checkzone', ['-i', 'local', zone, join(folder, 'zone')])
    return stdout
  } finally {
    await rm(folder, { recursive: true })
  }
}

test.group('Name servers', (group) => {
  group.setup(async () => {
    tenant = await makeTenant()
    await tenant.server.merge({ address: '203.0.113.7' }).save()
    names = await TestNameServers.make()
    return () => names.remove()
  })
  group.each.timeout(90_000)

  test('DOM-04: a domain is answered by primary and secondary with exactly the records of pattern A', async ({
    assert,
  }) => {
    const { name } = tenant.domain
    await db.transaction(async (client) => {
      await lockName(name, client)
      await addDns(tenant.domain, actor(), client)
    })
    await names.work()
    for (const role of ['primary', 'secondary'] as const) {
      const answers = await Promise.all([
        names.dig(role, name, 'A'),
        names.dig(role, `www.${name}`, 'A'),
        names.dig(role, `mail.${name}`, 'A'),
        names.dig(role, name, 'MX'),
        names.dig(role, name, 'TXT'),
        names.dig(role, name, 'NS'),
        names.dig(role, `${name}.spf.hosting-pf.net`, 'TXT'),
        names.dig(role, tenant.domain.testName, 'A'),
      ])
      assert.deepEqual(answers, [
        ['203.0.113.7'],
        ['203.0.113.7'],
        ['203.0.113.7'],
        [`10 mail.${name}.`],
        [`"v=spf1 include:${name}.spf.hosting-pf.net ~all"`],
        ['ns1.mngsv.biz.', 'ns2.mngsv.biz.'],
        ['"v=spf1 ip4:203.0.113.7 ~all"'],
        ['203.0.113.7'],
      ])
    }
    assert.match(await checkZone(name), /OK/)
    const zone = await zoneNow()
    const seen = await answeredZones(tenant.domain, zone, await zone.lines(db))
    assert.deepEqual(
      seen.map(({ serial, lines }) => [serial, lines.every(({ isAnswered: each }) => each)]),
      [
        [zone.serial, true],
        [zone.serial, true],
      ]
    )
  })

  test('security.md: nobody but the secondary is given a whole zone, and nobody without its key the API', async ({
    assert,
  }) => {
    const { primary, secondary } = names.servers
    for (const { address } of [primary, secondary]) {
      const { stdout } = await run('dig', [`@${address}`, tenant.domain.name, 'AXFR'])
      assert.match(stdout, /Transfer failed/)
      const answer = await fetch(`http://${address}:8081/api/v1/servers/localhost/zones`)
      assert.equal(answer.status, 401)
    }
  })

  test('DOM-04: www elsewhere and no mail are answered at once, and the checker accepts what is left', async ({
    assert,
  }) => {
    const { name } = tenant.domain
    await choose({ web: 'elsewhere', webTarget: 'cdn.example.net', mail: 'none' })
    await names.work()
    for (const role of ['primary', 'secondary'] as const) {
      assert.deepEqual(await names.dig(role, `www.${name}`, 'CNAME'), ['cdn.example.net.'])
      assert.deepEqual(await names.dig(role, name, 'MX'), [])
      assert.deepEqual(await names.dig(role, `mail.${name}`, 'A'), [])
    }
    assert.match(await checkZone(name), /OK/)
  })

  test('OPT-10: while the primary is down changes are saved and told, and the last state is delivered once it is back, once', async ({
    assert,
  }) => {
    const { name } = tenant.domain
    await names.shell('primary', 'systemctl stop pdns')
    const before = await zoneNow()
    for (const webTarget of ['198.51.100.1', '198.51.100.2', '198.51.100.3']) {
      await choose({ web: 'elsewhere', webTarget })
      await names.work()
    }
    const waiting = await zoneNow()
    assert.equal(publicationOf(waiting), 'unreachable')
    assert.equal(waiting.serial, before.serial + 3)
    assert.equal(waiting.publishedSerial, before.serial)
    const { id: last } = await Task.query().orderBy('id', 'desc').firstOrFail()

    await names.shell('primary', 'systemctl start pdns')
    await names.settle(isDelivered)
    for (const role of ['primary', 'secondary'] as const) {
      assert.deepEqual(await names.dig(role, `www.${name}`, 'A'), ['198.51.100.3'])
    }
    const later = await Task.query().where('kind', 'publish_zone').where('id', '>', last)
    assert.lengthOf(later, 1)
  })

  test('OPT-10: while the secondary is down the primary answers what is new, and the secondary has it when it is back', async ({
    assert,
  }) => {
    const { name } = tenant.domain
    await names.shell('secondary', 'systemctl stop pdns')
    await choose({})
    await names.work()
    assert.deepEqual(await names.dig('primary', `www.${name}`, 'A'), ['203.0.113.7'])
    assert.equal(publicationOf(await zoneNow()), 'secondary_waits')

    await names.shell('secondary', 'systemctl start pdns')
    await names.settle(isDelivered)
    assert.deepEqual(await names.dig('secondary', `www.${name}`, 'A'), ['203.0.113.7'])
  })

  test('OPT-10: a zone that was lost on a name server, or tampered with, is as it was after the comparison', async ({
    assert,
  }) => {
    const { name } = tenant.domain
    await names.shell('primary', `pdnsutil delete-zone ${name}`)
    await names.shell('primary', `pdnsutil delete-rrset mngsv.biz ${tenant.domain.testName}. A`)
    await Task.enqueue({ kind: 'compare_name_servers' })
    await names.settle(() => isAnswered('primary', name, '203.0.113.7'))
    assert.deepEqual(await names.dig('primary', name, 'A'), ['203.0.113.7'])
    assert.deepEqual(await names.dig('primary', tenant.domain.testName, 'A'), ['203.0.113.7'])
  })

  test('OPT-10: a signed zone is answered signed by both, and its DS is kept for the registrar', async ({
    assert,
  }) => {
    const { name } = tenant.domain
    const zone = await zoneNow()
    await zone.change(actor(), { action: 'zone_dnssec.update' }, (_, now) => {
      now.merge({ dnssec: true })
    })
    await names.work()
    const signed = await zoneNow()
    assert.match(String(signed.dsRecords), /^\d+ 13 2 [0-9a-f]{64}$/m)
    for (const role of ['primary', 'secondary'] as const) {
      const answer = await names.dig(role, '+dnssec', name, 'A')
      assert.isTrue(answer.some((line) => /^A 13 /.test(line)))
    }

    // What a name server that was lost signed with is in the database, and nobody can read it there
    assert.notInclude(String(signed.signingKeys), 'PrivateKey')
    const keys = await names.dig('primary', name, 'DNSKEY')
    await names.shell('primary', `pdnsutil delete-zone ${name}`)
    await Task.enqueue({ kind: 'compare_name_servers' })
    await names.settle(() => isAnswered('primary', name, '203.0.113.7'))
    assert.deepEqual(await names.dig('primary', name, 'DNSKEY'), keys)
    const again = await zoneNow()
    assert.equal(again.dsRecords, signed.dsRecords)

    await signed.change(actor(), { action: 'zone_dnssec.update' }, (_, now) => {
      now.merge({ dnssec: false })
    })
    await names.work()
    assert.deepEqual(await names.dig('secondary', '+dnssec', name, 'A'), ['203.0.113.7'])
    const unsigned = await zoneNow()
    assert.isNull(unsigned.dsRecords)
  })

  test('OPT-10: what is typed into the table is answered as it was typed, however hostile, by both', async ({
    assert,
  }) => {
    const zone = await serviceZone('records.example.jp')
    const rows = hostileRecords.map(([name, type, content], index) => {
      return { key: `n${index}`, name, ttl: '', type, content, remove: false }
    })
    await zone.edit(actor(), { action: 'zone_records.store' }, (draft, now) => {
      refuseMistakes(applyTable(draft, now, rows))
    })
    await names.work()
    const saved = await Zone.findOrFail(zone.id)
    assert.isNull(saved.publishError)
    assert.equal(publicationOf(saved), 'published')

    const kept = await zone.lines(db)
    assert.lengthOf(kept, rows.length)
    assert.match(await checkZone(zone.name), /OK/)
    const whole = await names.shell('secondary', transferOf(zone.name))
    const expected = asBind(writeZoneFile(saved, kept), zone.name)
    assert.deepEqual(asBind(lastSoaOff(whole), zone.name).toSorted(), expected.toSorted())
    for (const role of ['primary', 'secondary'] as const) {
      const [said] = await names.dig(role, `include.${zone.name}`, 'TXT')
      assert.equal(said, '"$INCLUDE /etc/passwd ; \\"\\\\"')
    }
  })

  test('OPT-10: a zone below a signed one of ours is believed by who checks signatures, signed or not', async ({
    assert,
  }) => {
    const parent = await serviceZone('signed.example.jp')
    const child = await serviceZone('shop.signed.example.jp')
    await addRecord(child, { name: 'www', type: 'A', ttl: 60, content: '192.0.2.8' })
    await sign(parent, true)
    await names.work()
    const anchor = await trustAnchor(parent.name)
    const asked = [`www.${child.name}`, 'A'] as const
    for (const role of ['primary', 'secondary'] as const) {
      assert.match(await validated(role, anchor, ...asked), /^; unsigned answer\n.*192\.0\.2\.8$/ms)
    }

    await sign(child, true)
    await names.work()
    for (const role of ['primary', 'secondary'] as const) {
      assert.match(await validated(role, anchor, ...asked), /^; fully validated\n.*192\.0\.2\.8$/ms)
    }

    await sign(child, false)
    await names.work()
    assert.match(await validated('secondary', anchor, ...asked), /^; unsigned answer/m)
    const gone = await Zone.findOrFail(child.id)
    await gone.remove(actor())
    await names.work()
    assert.match(await validated('secondary', anchor, ...asked), /ncache nxrrset|ncache nxdomain/)
    const left = await names.dig('secondary', child.name, 'NS')
    assert.deepEqual(left, [])
  })

  test('DOM-04: with pattern B our secondary answers what the customer’s own primary has, and learns of changes by NOTIFY', async ({
    assert,
  }) => {
    const { name } = tenant.domain
    const { primary, secondary } = names.servers
    await names.shell(
      'primary',
      customersPrimary(secondary.address),
      zoneFile(name, 1, '192.0.2.1')
    )
    await choose({ pattern: 'B', primaries: [`${primary.address}:5353`] })
    await names.work()
    await names.settle(() => isAnswered('secondary', name, '192.0.2.1'))
    await names.settle(isDelivered)
    const received = await zoneNow()
    assert.isNotNull(received.receivedAt)
    assert.deepEqual(await names.dig('secondary', name, 'A'), ['192.0.2.1'])
    assert.deepEqual(await names.dig('primary', name, 'A'), [])

    await names.shell('primary', changeIt(name), zoneFile(name, 2, '192.0.2.2'))
    await names.settle(() => isAnswered('secondary', name, '192.0.2.2'))

    // Nobody listens there: what was received before goes on being answered, and that is told
    await choose({ pattern: 'B', primaries: [`${primary.address}:5399`] })
    await names.work(['publish_zone'])
    const vain = await zoneNow()
    assert.equal(publicationOf(vain), 'not_received')
    const tasks = Task.query().where('kind', 'deliver_zones').where('state', 'queued')
    assert.lengthOf(await tasks, 1)
    assert.isTrue(await isAnswered('secondary', name, '192.0.2.2'))
  })

  test('OPT-10: primaries that never come to an end neither hold up other zones nor stay connected', async ({
    assert,
  }) => {
    const { primary } = names.servers
    const slow = Array.from({ length: 4 }, (_, index) => `slow${index}.example.jp`)
    await names.shell(
      'primary',
      'cat >/root/tarpit.py; systemd-run -u tarpit python3 /root/tarpit.py',
      tarpit
    )
    // Who finds nobody there tries again a minute later
    const listening = () => names.shell('primary', "ss -Hltn 'sport = :5454'")
    await until(listening, (said) => said.trim() !== '')
    await names.shell('secondary', 'systemctl stop end_slow_transfers')
    for (const ascii of slow) {
      const name = { ascii, unicode: ascii }
      const primaries = [`${primary.address}:5454`]
      await Zone.add(tenant.contract.id, { name, kind: 'secondary', primaries }, actor())
    }
    // They give up by themselves, too, which the worker may outlast
    const [held] = await Promise.all([
      until(
        () => transfersFrom(5454),
        ({ length }) => length >= 3
      ),
      names.work(),
    ])
    assert.isAtLeast(held.length, 3)

    const other = await serviceZone('quick.example.jp')
    await names.work()
    assert.equal(publicationOf(await Zone.findOrFail(other.id)), 'published')
    await names.shell('secondary', fewRounds)
    // It tries again in its own time, so others may be there
    const isHeld = async () => {
      const now = await transfersFrom(5454)
      return held.some((each) => now.includes(each))
    }
    for (let left = 40; left > 0 && (await isHeld()); left--) await wait(500)
    assert.isFalse(await isHeld())
    await names.shell('primary', 'systemctl stop tarpit')
  })

  test('DOM-05: when a domain goes, nothing of it is answered any more', async ({ assert }) => {
    const { name, testName } = tenant.domain
    await db.transaction(async (client) => {
      await releaseDns(tenant.domain, client)
      await client
        .from('domains')
        .where('id', tenant.domain.id)
        .update({ deleted_at: '2026-01-01 00:00:00' })
    })
    await names.work()
    assert.isNull(await Zone.findBy('name', name))
    for (const role of ['primary', 'secondary'] as const) {
      for (const question of [name, testName, `${name}.spf.hosting-pf.net`]) {
        assert.deepEqual(await names.dig(role, question, 'A'), [])
        assert.deepEqual(await names.dig(role, question, 'TXT'), [])
      }
    }
  })
})

const serviceZone = (ascii: string) => Zone.order({ name: { ascii, unicode: ascii } }, actor())

function addRecord(zone: Zone, line: ZoneLine) {
  return zone.edit(actor(), { action: 'zone_records.store' }, (draft) => draft.add(line))
}

async function sign(zone: Zone, dnssec: boolean) {
  const now = await Zone.findOrFail(zone.id)
  await now.edit(actor(), { action: 'zone_signings.update' }, (_, each) => {
    each.dnssec = dnssec
  })
}

/** What a resolver starts its trust from, as if the zone above vouched for it. */
async function trustAnchor(zone: string) {
  const keys = await names.dig('primary', zone, 'DNSKEY')
  const lines = keys.map((key) => {
    const [flags, protocol, algorithm, ...parts] = key.split(' ')
    return `"${zone}." static-key ${flags} ${protocol} ${algorithm} "${parts.join('')}";`
  })
  return `trust-anchors { ${lines.join(' ')} };`
}

/** BIND's validator, which believes nothing but the anchor. */
async function validated(role: NameServerRole, anchor: string, name: string, type: string) {
  const folder = await mkdtemp(join(tmpdir(), 'anchor-'))
  const path = join(folder, 'anchor')
  await writeFile(path, anchor)
  const root = /"(.+?)\."/.exec(anchor)![1]
  const { address } = names.servers[role]
  try {
    const question = ['-a', path, `+root=${root}`, `@${address}`, name, type]
    const { stdout, stderr } = await run('delv', question).catch((error) => error)
    return `${stdout}${stderr}`.trim()
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Takes connections and says a byte now and then, for ever. */
const tarpit = `
import socket, threading, time
def drip(one):
    try:
        one.sendall(b'\\x40\\x00')
        while True:
            one.sendall(b'\\x00')
            time.sleep(1)
    except OSError:
        pass
server = socket.create_server(('0.0.0.0', 5454))
while True:
    threading.Thread(target=drip, args=(server.accept()[0],), daemon=True).start()
`

/** A minute is too long for a test. */
const fewRounds = `mkdir -p /etc/systemd/system/end_slow_transfers.service.d
  printf '[Service]\\nEnvironment=TRANSFER_ROUNDS=1\\n' >/etc/systemd/system/end_slow_transfers.service.d/test.conf
  systemctl daemon-reload && systemctl restart end_slow_transfers`

/** Both ends of each connection. */
async function transfersFrom(port: number) {
  const said = await names.shell('secondary', `ss -Htn state established 'dport = :${port}'`)
  const lines = said.split('\n').filter((line) => line !== '')
  return lines.map((line) => line.trim().split(/ +/).slice(2, 4).join(' '))
}

const transferOf = (zone: string) => `dig +noall +answer @127.0.0.1 ${zone} axfr`

/** The SOA closes a transfer, too. */
const lastSoaOff = (transfer: string) => `${transfer.trim().split('\n').slice(0, -1).join('\n')}\n`

const longText = 'あ'.repeat(300)

/** Name, type and value as a customer may type them: nothing of it is to mean anything but itself. */
const hostileRecords: readonly (readonly [string, string, string])[] = [
  ['include', 'TXT', '$INCLUDE /etc/passwd ; "\\'],
  ['generate', 'TXT', '$GENERATE 1-9 a$ A 192.0.2.$'],
  ['origin', 'TXT', '"$ORIGIN example.com." ") (" "@"'],
  ['comment', 'TXT', '; no comment'],
  ['escapes', 'TXT', '"\\000\\010\\013\\255\\"\\\\"'],
  ['quotes', 'TXT', '"\\"" "" "\\"\\""'],
  ['full', 'TXT', 'x'.repeat(255)],
  ['long', 'TXT', `v=DKIM1; p=${'A'.repeat(3000)}`],
  ['japanese', 'TXT', longText],
  ['日本語', 'A', '192.0.2.2'],
  ['*', 'A', '192.0.2.3'],
  ['*.deep', 'TXT', 'wild'],
  ['_a._b', 'TXT', '=cmd|x!A0'],
  ['a'.repeat(63), 'AAAA', '2001:DB8:0:0:0:0:0:1'],
  ['alias', 'CNAME', '_dmarc.Example.NET'],
  ['@', 'MX', '10 mail.example.net'],
  ['no-mail', 'MX', '0 .'],
  ['sub', 'NS', 'ns.sub'],
  ['ns.sub', 'A', '192.0.2.53'],
  ['_sip._tcp', 'SRV', '1 2 5060 sip.example.net'],
  ['@', 'CAA', '0 iodef "mailto:a\\"b@example.net"'],
  ['@', 'CAA', '0 issue ";"'],
  ['ptr', 'PTR', 'host.example.net'],
  ['@', 'SSHFP', `4 2 ${'AB'.repeat(32)}`],
  ['_443._tcp', 'TLSA', `3 1 1 ${'0F'.repeat(32)}`],
  ['https', 'HTTPS', '1 . alpn=h3,h2 ipv4hint=192.0.2.1 port=8443'],
  ['svcb', 'SVCB', '1 svc.example.net alpn=h2 port=8443'],
  ['naptr', 'NAPTR', '1 2 "U" "E2U+sip" "!^.*$!sip:a@b.example!" .'],
  ['sub', 'DS', `12345 13 2 ${'9F'.repeat(32)}`],
]

/** A second PowerDNS beside ours, which the panel knows nothing of; its zone on standard input. */
function customersPrimary(secondary: string) {
  return `set -e
    cat >/root/kunde.zone
    cat >/etc/powerdns/pdns-kunde.conf <<CONFIG
launch=gsqlite3
gsqlite3-database=/var/lib/powerdns/kunde.sqlite3
local-address=0.0.0.0
local-port=5353
primary=yes
allow-axfr-ips=${secondary}
also-notify=${secondary}
only-notify=${secondary}
xfr-cycle-interval=1
CONFIG
    chown root:pdns /etc/powerdns/pdns-kunde.conf
    sqlite3 /var/lib/powerdns/kunde.sqlite3 </usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql
    chown pdns:pdns /var/lib/powerdns/kunde.sqlite3
    zone=$(head -n 1 /root/kunde.zone | cut -d' ' -f2)
    pdnsutil --config-name=kunde load-zone "$zone" /root/kunde.zone
    pdnsutil --config-name=kunde set-kind "$zone" primary
    chown pdns:pdns /var/lib/powerdns/kunde.sqlite3*
    systemctl start pdns@kunde`
}

function changeIt(zone: string) {
  return `cat >/root/kunde.zone
    pdnsutil --config-name=kunde load-zone ${zone} /root/kunde.zone
    chown pdns:pdns /var/lib/powerdns/kunde.sqlite3*
    pdns_control --config-name=kunde purge; pdns_control --config-name=kunde notify ${zone}`
}

function zoneFile(zone: string, serial: number, address: string) {
  return `$ORIGIN ${zone}.
$TTL 60
@ IN SOA ns.kunde.jp. hostmaster.kunde.jp. ${serial} 60 60 3600 60
@ IN NS ns.kunde.jp.
@ IN A ${address}
`
}
