import { test } from '@japa/runner'
import { readContent, recordTypes, type RecordType } from '#models/zone/types'
import { readOwner } from '#models/zone/name'
import { readTtl } from '#models/zone/ttl'
import { RecordProblem } from '#models/zone/problem'
import { asBind } from '#tests/support/bind_zone'

const reading = { zone: 'example.jp', origin: 'example.jp', strict: false }
const reverse = { zone: '2.0.192.in-addr.arpa', origin: '2.0.192.in-addr.arpa', strict: false }

const head =
  '$ORIGIN example.jp.\n$TTL 60\n@ SOA ns.example.net. a.example.net. 1 2h 1h 2w 60\n@ NS ns.example.net.\n'
const hash = (digits: number) => 'aB'.repeat(digits / 2)

/** What is typed, and what is kept; `null`: the same. */
const right: Readonly<Record<RecordType, readonly (readonly [string, string | null])[]>> = {
  A: [['192.0.2.1', null]],
  AAAA: [
    ['2001:0DB8:0:0::1', '2001:db8::1'],
    ['::ffff:192.0.2.1', '::ffff:c000:201'],
  ],
  CNAME: [
    ['www.example.com.', null],
    ['www.example.com', 'www.example.com.'],
    ['web', 'web.example.jp.'],
    ['web.sub', 'web.sub.example.jp.'],
    ['web.example.jp', 'web.example.jp.'],
    ['@', 'example.jp.'],
    ['_x._domainkey.example.com.', null],
    ['日本語.jp', 'xn--wgv71a119e.jp.'],
  ],
  MX: [
    ['10 Mail', '10 mail.example.jp.'],
    ['0 .', null],
  ],
  TXT: [
    ['v=spf1 -all', '"v=spf1 -all"'],
    ['a "quoted" \\ word', '"a \\"quoted\\" \\\\ word"'],
    ['"one" "two"', null],
    ['v=DKIM1; k=rsa; p=x', '"v=DKIM1; k=rsa; p=x"'],
    ['あ', '"\\227\\129\\130"'],
    ['a'.repeat(256), `"${'a'.repeat(255)}" "a"`],
    [`"${'a'.repeat(256)}"`, `"${'a'.repeat(255)}" "a"`],
    ['a'.repeat(255), `"${'a'.repeat(255)}"`],
    ['""', null],
    ['$INCLUDE /etc/passwd', '"$INCLUDE /etc/passwd"'],
    ['$(id); `id` ${IFS}', '"$(id); `id` ${IFS}"'],
  ],
  NS: [['ns1.example.com.', null]],
  SRV: [
    ['10 60 5060 sip', '10 60 5060 sip.example.jp.'],
    ['0 0 0 .', null],
  ],
  CAA: [
    ['0 issue letsencrypt.org', '0 issue "letsencrypt.org"'],
    ['128 issue ";"', null],
    ['0 iodef "mailto:a@example.jp"', null],
  ],
  PTR: [['www.example.jp.', null]],
  SSHFP: [
    [`4 2 ${hash(64)}`, `4 2 ${hash(64).toLowerCase()}`],
    [`1 1 ${hash(20)} ${hash(20)}`, `1 1 ${hash(40).toLowerCase()}`],
  ],
  TLSA: [[`3 1 1 ${hash(64)}`, `3 1 1 ${hash(64).toLowerCase()}`]],
  HTTPS: [
    ['1 . alpn="h3,h2"', '1 . alpn=h3,h2'],
    ['0 pool.example.com.', null],
    [
      '1 . port=8443 alpn=h2 ipv4hint=192.0.2.1,192.0.2.2',
      '1 . alpn=h2 port=8443 ipv4hint=192.0.2.1,192.0.2.2',
    ],
    [
      '2 web mandatory=alpn alpn=h2 no-default-alpn',
      '2 web.example.jp. mandatory=alpn alpn=h2 no-default-alpn',
    ],
  ],
  SVCB: [['1 web port=8443', '1 web.example.jp. port=8443']],
  NAPTR: [
    ['100 10 "U" "E2U+sip" "!^.*$!sip:info@example.jp!" .', null],
    ['100 10 S SIP+D2U "" _sip._udp', '100 10 "S" "SIP+D2U" "" _sip._udp.example.jp.'],
  ],
  DS: [[`12345 13 2 ${hash(64)}`, `12345 13 2 ${hash(64).toLowerCase()}`]],
}

const wrong: readonly (readonly [RecordType, string, string])[] = [
  ['A', '', 'empty_value'],
  ['A', '192.0.2', 'ipv4'],
  ['A', '192.0.2.256', 'ipv4'],
  ['A', '192.0.2.01', 'ipv4'],
  ['A', 'www.example.jp', 'ipv4'],
  ['A', '192.0.2.1 192.0.2.2', 'too_many_values'],
  ['A', '192.0.2.1\nevil A 192.0.2.2', 'control_characters'],
  ['AAAA', '192.0.2.1', 'ipv6'],
  ['AAAA', 'fe80::1%eth0', 'ipv6'],
  ['CNAME', '192.0.2.1', 'host_is_address'],
  ['CNAME', 'a..b', 'name_empty_label'],
  ['CNAME', '.', 'target_is_root'],
  ['CNAME', 'a\\.b', 'escaped_name'],
  ['CNAME', `${'a'.repeat(64)}.jp.`, 'name_label_too_long'],
  ['CNAME', `${'a.'.repeat(125)}jp.org.`, 'name_too_long'],
  ['CNAME', 'a;b', 'name_characters'],
  ['CNAME', '$(id)', 'name_characters'],
  ['CNAME', '*.example.jp', 'wildcard'],
  ['CNAME', '"quo', 'open_quote'],
  ['MX', 'mail.example.jp', 'too_few_values'],
  ['MX', '65536 mail', 'number'],
  ['MX', '-1 mail', 'number'],
  ['MX', '10 192.0.2.1', 'host_is_address'],
  ['MX', '10 _mail', 'host_name'],
  ['NS', 'a_b.example.com.', 'host_name'],
  ['TXT', 'a\u0000b', 'control_characters'],
  ['TXT', 'a\r\n$INCLUDE /etc/passwd', 'control_characters'],
  ['TXT', 'a\u2028b', 'control_characters'],
  ['TXT', '"a', 'open_quote'],
  ['TXT', '"a" b"', 'open_quote'],
  ['TXT', '"\\999"', 'bad_escape'],
  ['TXT', 'a'.repeat(9000), 'too_long'],
  ['SRV', '1 2 65536 sip', 'number'],
  ['CAA', '1 issue "x.org"', 'word'],
  ['CAA', '0 evil "x.org"', 'caa_tag'],
  ['CAA', '0 issue "https://x.org/"', 'caa_issuer'],
  ['CAA', `0 iodef "${'a'.repeat(256)}"`, 'too_long'],
  ['SSHFP', '5 1 aa', 'word'],
  ['SSHFP', `4 2 ${hash(40)}`, 'digest_length'],
  ['SSHFP', '4 2 xyz', 'hexadecimal'],
  ['TLSA', '3 1 1', 'too_few_values'],
  ['TLSA', `4 1 1 ${hash(64)}`, 'word'],
  ['HTTPS', '0 . alpn=h2', 'svc_alias'],
  ['HTTPS', '1 . key99=x', 'svc_key'],
  ['HTTPS', '1 . port=65536', 'svc_value'],
  ['HTTPS', '1 . ipv4hint=2001:db8::1', 'svc_value'],
  ['HTTPS', '1 . port=1 port=2', 'svc_twice'],
  ['HTTPS', '1 . mandatory=alpn', 'svc_mandatory'],
  ['HTTPS', '1 . no-default-alpn', 'svc_mandatory'],
  ['NAPTR', '1 1 "U" "x" "!a!b!" a', 'naptr_both'],
  ['NAPTR', '1 1 "-" "x" "" a', 'word'],
  ['DS', `1 13 2 ${hash(40)}`, 'digest_length'],
]

function problemOf(work: () => unknown) {
  try {
    return work()
  } catch (error) {
    return error instanceof RecordProblem ? error.key : error
  }
}

test.group('Types of records', () => {
  test('OPT-10: what is typed is kept in one spelling, which reads as itself', ({ assert }) => {
    for (const type of recordTypes) {
      for (const [typed, kept] of right[type]) {
        const content = readContent(type, typed, reading)
        assert.equal(content, kept ?? typed, `${type} ${typed.slice(0, 80)}`)
        assert.equal(readContent(type, content, { ...reading, strict: true }), content)
      }
    }
  })

  test('OPT-10: what is kept is what BIND understands, one record a line', ({ assert }) => {
    const contents = recordTypes.flatMap((type) =>
      right[type].map(([typed]) => [type, readContent(type, typed, reading)] as const)
    )
    const lines = contents.map(([type, content], index) => `n${index} 60 IN ${type} ${content}`)
    const seen = asBind(`${head}${lines.join('\n')}\n`, 'example.jp')
    // The NS of the zone itself
    assert.lengthOf(seen, lines.length + 1)
  })

  for (const [type, typed, key] of wrong) {
    test(`OPT-10: ${type} ${JSON.stringify(typed.slice(0, 30))} is refused`, ({ assert }) => {
      assert.equal(
        problemOf(() => readContent(type, typed, reading)),
        key
      )
    })
  }

  test('OPT-10: strict reading of a name is that of files', ({ assert }) => {
    const strict = { ...reading, strict: true }
    assert.equal(readContent('CNAME', 'www.example.com', strict), 'www.example.com.example.jp.')
  })

  for (const [typed, kept] of [
    ['', '@'],
    ['@', '@'],
    ['WWW', 'www'],
    ['www.example.jp', 'www'],
    ['www.example.jp.', 'www'],
    ['example.jp', '@'],
    ['*', '*'],
    ['*.sub', '*.sub'],
    ['_dmarc', '_dmarc'],
    ['ショップ', 'xn--xckya1d0c'],
    ['a*', 'name_characters'],
    ['a.*', 'name_characters'],
    ['*.*.a', 'name_characters'],
    ['www.example.com', 'out_of_zone'],
    ['www.notexample.jp.', 'out_of_zone'],
    ['.', 'out_of_zone'],
    ['0/25', '0/25'],
    ['a b', 'name_characters'],
    ['a\nb', 'name_characters'],
    ['あ\nい', 'name_characters'],
    ['あ/い', 'name_characters'],
    ['あ#い', 'name_characters'],
    ['-a', 'name_characters'],
    ['a\\046b', 'escaped_name'],
    ['a..b', 'name_empty_label'],
    ['../../etc', 'name_empty_label'],
  ] as const) {
    test(`OPT-10: the name ${JSON.stringify(typed)} is ${kept}`, ({ assert }) => {
      assert.equal(
        problemOf(() => readOwner(typed, reading)),
        kept
      )
    })
  }

  test('OPT-10: in a reverse zone an address stands for its name', ({ assert }) => {
    assert.equal(readOwner('192.0.2.7', reverse), '7')
    assert.equal(readOwner('7', reverse), '7')
    assert.equal(
      problemOf(() => readOwner('192.0.3.7', reverse)),
      'out_of_zone'
    )
    const six = '8.b.d.0.1.0.0.2.ip6.arpa'
    assert.equal(
      readOwner('2001:db8::1', { zone: six, origin: six, strict: false }),
      `1${'.0'.repeat(23)}`
    )
  })

  test("OPT-10: TTLs are seconds or BIND's units, within thirty days", ({ assert }) => {
    assert.equal(readTtl('3600'), 3600)
    assert.equal(readTtl('1h30m'), 5400)
    for (const typed of ['', '-1', '1.5', '1e3', '0x10', '1y', '2592001', '99999999999', 'h'])
      assert.equal(
        problemOf(() => readTtl(typed)),
        'ttl',
        typed
      )
  })
})
