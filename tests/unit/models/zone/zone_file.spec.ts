import { test } from '@japa/runner'
import { checkLines } from '#models/zone/checks'
import type { ZoneLine } from '#models/zone/record'
import { readZoneFile } from '#models/zone/zone_file'
import { writeZoneFile } from '#models/zone/zone_file_writer'
import { asBind } from '#tests/support/bind_zone'

const zone = {
  name: 'example.jp',
  unicodeName: 'example.jp',
  serial: 2026112201,
  soaRefresh: 3600,
  soaRetry: 900,
  soaExpire: 1_209_600,
  soaMinimum: 900,
  defaultTtl: 3600,
}

const written = (lines: readonly ZoneLine[]) => writeZoneFile(zone, lines)

const file = `; 旧サーバから
$TTL 1h
@  IN SOA ns.old.example. root.old.example. (
     2020010101 ; serial
     2h 30m 2w 10m )
   IN NS ns.old.example.
   IN NS ns2.old.example.
   IN MX 10 mail
   IN TXT "v=spf1 ip4:192.0.2.1 " "-all" ; two strings
@  300 IN A 192.0.2.1
www IN 300 A 192.0.2.1
    AAAA 2001:DB8:0:0::1
mail A 192.0.2.2
$ORIGIN sub.example.jp.
a   CNAME b
b   A 192.0.2.3
*.w TXT "semi;colon" "quo\\"te" "back\\\\slash" "\\227\\129\\130"
$ORIGIN example.jp.
_sip._tcp SRV 10 20 5060 mail
@ CAA 0 issue "letsencrypt.org"
@ TYPE257 \\# 4 00000000
`

test.group('Zone files', () => {
  test('OPT-10: what BIND reads from a file is what is taken in, what is written is the same to BIND', ({
    assert,
  }) => {
    const sound = file.replace(/^@ TYPE257.*\n/m, '')
    const read = readZoneFile(sound, 'example.jp')
    assert.deepEqual(read.mistakes, [])
    assert.deepEqual(
      read.notes.map(({ key, line }) => [key, line]),
      [
        ['soa', 3],
        ['apex_ns', 6],
        ['apex_ns', 7],
      ]
    )
    const settings = { soaRefresh: 7200, soaRetry: 1800, soaExpire: 1_209_600, soaMinimum: 600 }
    assert.deepEqual(read.settings, settings)
    const strip = (lines: string[]) => lines.filter((line) => !/^example.jp. \d+ IN NS/.test(line))
    const once = asBind(sound, zone.name)
    assert.lengthOf(read.records, 11)
    assert.sameMembers(strip(asBind(written(read.records), zone.name)), strip(once))
  })

  test('OPT-10: what is written is read again as it was', ({ assert }) => {
    const { records } = readZoneFile(file, 'example.jp')
    const again = readZoneFile(written(records), 'example.jp')
    assert.deepEqual(again.mistakes, [])
    const bare = (lines: readonly ZoneLine[]) =>
      lines.map(({ name, type, ttl, content }) => `${name} ${ttl} ${type} ${content}`).toSorted()
    assert.deepEqual(bare(again.records), bare(records))
  })

  for (const [told, line, key] of [
    ['$INCLUDE', '$INCLUDE /etc/passwd', 'include'],
    ['$GENERATE', '$GENERATE 1-4000000000 a$ A 192.0.2.1', 'generate'],
    ['an unknown directive', '$DATE 1', 'directive'],
    ['a name outside of the zone', 'www.example.com. 60 A 192.0.2.1', 'out_of_zone'],
    ['an origin outside with a name in it', '$ORIGIN com.\nwww 60 A 192.0.2.1', 'out_of_zone'],
    ['another class', 'www 60 CH A 192.0.2.1', 'class'],
    ['a type that is none', 'www 60 IN BOGUS x', 'type'],
    ['an open quote', 'www 60 TXT "open', 'open_quote'],
    ['a closing parenthesis', 'www 60 A 192.0.2.1 )', 'parenthesis'],
    ['an opening parenthesis', 'www 60 A ( 192.0.2.1', 'parenthesis'],
    ['a TTL of a hundred years', 'www 3153600000 A 192.0.2.1', 'ttl'],
    ['a TTL beyond 32 bits', 'www 99999999999 A 192.0.2.1', 'ttl'],
    ['a control character', 'www 60 TXT "a\u0007b"', 'control_characters'],
    ['NUL', 'www 60 TXT "a\u0000b"', 'control_characters'],
    ['an escape beyond an octet', 'www 60 TXT "\\256"', 'bad_escape'],
    ['an empty label', 'a..b 60 A 192.0.2.1', 'name_empty_label'],
    ['a label of 64', `${'a'.repeat(64)} 60 A 192.0.2.1`, 'name_label_too_long'],
    ['a name of 254', `${'a.'.repeat(122)}b 60 A 192.0.2.1`, 'name_too_long'],
    ['raw data', 'www 60 A \\# 4 c0000201', 'too_many_values'],
    ['a record without a name', '  60 A 192.0.2.1', 'no_owner'],
    ['a line without end', `www 60 TXT "${'a'.repeat(30_000)}"`, 'line_too_long'],
  ] as const) {
    test(`OPT-10: ${told} is no part of a file`, ({ assert }) => {
      const { mistakes, records } = readZoneFile(line, 'example.jp')
      assert.equal(mistakes[0]?.key, key)
      assert.lengthOf(records, 0)
    })
  }

  test('OPT-10: a mistake costs its own line, and no more than fifty are told', ({ assert }) => {
    const one = readZoneFile('a 60 A 1\nb 60 A 192.0.2.1\n', 'example.jp')
    assert.deepEqual(
      one.mistakes.map(({ line, key }) => [line, key]),
      [[1, 'ipv4']]
    )
    assert.lengthOf(one.records, 1)
    const { mistakes } = readZoneFile('a 60 A 1\n'.repeat(1000), 'example.jp')
    assert.lengthOf(mistakes, 50)
  })

  test('OPT-10: a file as large as allowed is read in a moment, whatever is in it', ({
    assert,
  }) => {
    const half = 'a'.repeat(9_990)
    for (const piece of [
      '(',
      ')',
      '"',
      '\\',
      '((((\n',
      'a 60 TXT "\\"\n',
      `a 60 TXT ${half}"\n`,
      ' \t',
      '$TTL 1\n',
      ';\n',
      `${half}\n`,
      `a 60 HTTPS 1 . alpn=${half}\n`,
      `a 60 TXT ${'\\a'.repeat(4000)}\n`,
    ]) {
      const text = piece.repeat(Math.ceil(1_000_000 / piece.length)).slice(0, 1_000_000)
      const begun = process.cpuUsage()
      readZoneFile(text, 'example.jp')
      // Half a second at most on a quiet machine; what grows with the square takes minutes
      const { user, system } = process.cpuUsage(begun)
      assert.isBelow((user + system) / 1000, 4000, JSON.stringify(piece.slice(0, 20)))
    }
  })

  test('OPT-10: a zone that is checked is one that BIND loads', ({ assert }) => {
    const { records } = readZoneFile(file, 'example.jp')
    const errors = checkLines('example.jp', records).filter(({ severity }) => severity === 'error')
    assert.deepEqual(errors, [])
    assert.isNotEmpty(asBind(written(records), zone.name))
  })
})
