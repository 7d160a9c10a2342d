import { test } from '@japa/runner'
import { bytesPerZone, checkLines, recordsPerZone } from '#models/zone/checks'
import { quoted } from '#models/zone/presentation'
import type { ZoneLine } from '#models/zone/record'
import { readZoneFile } from '#models/zone/zone_file'
import { asBind } from '#tests/support/bind_zone'

const head = '$TTL 60\n@ SOA ns.example.net. a.example.net. 1 2h 1h 2w 60\n@ NS ns.example.net.\n'

const linesOf = (text: string): readonly ZoneLine[] => {
  const { records, mistakes } = readZoneFile(`$TTL 300\n${text}`, 'example.jp')
  if (mistakes.length > 0) throw new Error(JSON.stringify(mistakes))
  return records
}

const found = (lines: readonly ZoneLine[]) =>
  checkLines('example.jp', lines).map(({ severity, key, index }) => [severity, key, index])

function bindRefuses(text: string) {
  try {
    asBind(`${head}${text}\n`, 'example.jp', ['-i', 'full', '-S', 'fail', '-M', 'fail'])
    return false
  } catch {
    return true
  }
}

test.group('Checks of zones', () => {
  for (const [told, text, ...findings] of [
    [
      'an alias beside an address',
      'a CNAME b.example.net.\na A 192.0.2.1',
      ['error', 'cname_beside_others', 1],
    ],
    ['two aliases', 'a CNAME b.example.net.\na CNAME c.example.net.', ['error', 'cname_twice', 1]],
    ['an alias for the zone itself', '@ CNAME b.example.net.', ['error', 'cname_at_apex', 0]],
  ] as const) {
    test(`OPT-10: ${told} is refused, by BIND too`, ({ assert }) => {
      assert.deepEqual(found(linesOf(text)), findings as unknown as unknown[][])
      assert.isTrue(bindRefuses(text))
    })
  }

  for (const [told, text, ...findings] of [
    [
      'a name server that is an alias',
      'sub NS a\na CNAME b.example.net.',
      ['error', 'target_is_alias', 0],
    ],
    ['a name server without its address', 'sub NS ns.sub', ['error', 'ns_without_address', 0]],
    [
      'aliases that go in circles',
      'a CNAME b\nb CNAME c\nc CNAME a',
      ['error', 'cname_loop', 0],
      ['error', 'cname_loop', 1],
      ['error', 'cname_loop', 2],
    ],
    ['two SPF policies', '@ TXT "v=spf1 -all"\n@ TXT "v=spf1 mx -all"', ['error', 'two_spf', 1]],
    [
      'a wildcard that is handed over',
      '*.a NS ns.example.net.',
      ['error', 'wildcard_delegation', 0],
    ],
    ['DS without NS', 'a DS 1 13 2 ' + 'ab'.repeat(32), ['error', 'ds_without_ns', 0]],
    ['mail for an alias', '@ MX 10 a\na CNAME b.example.net.', ['warning', 'target_is_alias', 0]],
    ['mail for a name without address', '@ MX 10 mail', ['warning', 'target_without_address', 0]],
    [
      'what a delegation hides',
      'sub NS ns.example.net.\nwww.sub TXT "x"',
      ['warning', 'hidden_by_delegation', 1],
    ],
    ['the zone twice in a name', 'www.example.jp A 192.0.2.1', ['warning', 'doubled_zone_name', 0]],
    ['an address nobody reaches', 'www A 192.168.1.1', ['warning', 'private_address', 0]],
    ['a short TTL', 'www 5 A 192.0.2.1', ['warning', 'short_ttl', 0]],
    ['letters beyond ASCII in text', 'www TXT "\\227\\129\\130"', ['warning', 'not_ascii', 0]],
  ] as const) {
    test(`OPT-10: ${told} is told`, ({ assert }) => {
      assert.deepEqual(found(linesOf(text)), findings as unknown as unknown[][])
    })
  }

  for (const [told, text] of [
    ['mail by a wildcard', '@ MX 10 mail\n* A 192.0.2.1'],
    ['no mail at all', '@ MX 0 .'],
    [
      'a delegation with its addresses',
      'sub NS ns.sub\nns.sub A 192.0.2.1\nsub DS 1 13 2 ' + 'ab'.repeat(32),
    ],
    ['a service of the zone itself', '@ HTTPS 1 . alpn=h2\n@ A 192.0.2.1\n_sip._tcp SRV 1 1 1 @'],
    ['a TXT that only speaks of SPF', '@ TXT "v=spf1 -all"\n@ TXT "v=spf10"'],
  ] as const) {
    test(`OPT-10: ${told} is right, for BIND too`, ({ assert }) => {
      assert.deepEqual(found(linesOf(text)), [])
      assert.isFalse(bindRefuses(text))
    })
  }

  test('OPT-10: aliases of aliases end where resolvers give up', ({ assert }) => {
    const chain = (length: number) =>
      Array.from({ length }, (_, index) => {
        const content = `n${index + 1}.example.jp.`
        return { name: `n${index}`, type: 'CNAME', ttl: 300, content }
      })
    assert.deepEqual(found(chain(16)), [])
    assert.deepEqual(found(chain(17)), [['error', 'cname_loop', 0]])
    assert.isAbove(found(chain(recordsPerZone)).length, recordsPerZone - 20)
  })

  test('OPT-10: records of one name and type have one TTL, none is there twice', ({ assert }) => {
    const line = { name: 'www', type: 'A', ttl: 300, content: '192.0.2.1' }
    const other = { ...line, ttl: 60, content: '192.0.2.2' }
    assert.deepEqual(found([line, other]), [['error', 'ttl_differs', 1]])
    assert.deepEqual(found([line, line]), [['error', 'twice', 1]])
    assert.deepEqual(found([line, { ...other, type: 'TXT', content: '"x"' }]), [])
  })

  test("OPT-10: apex NS is the provider's", ({ assert }) => {
    const line = { name: '@', type: 'NS', ttl: 300, content: 'ns.example.net.' }
    assert.deepEqual(found([line]), [['error', 'ns_at_apex', 0]])
  })

  test('OPT-10: a zone of a megabyte is checked in a moment, and no larger one is kept', ({
    assert,
  }) => {
    const content = quoted(Buffer.from('\\é"x'.repeat(30)))
    const line = (index: number) => ({ name: `n${index}`, type: 'TXT', ttl: 300, content })
    const count = Math.floor(bytesPerZone / (content.length + 5))
    const lines = Array.from({ length: count }, (_, index) => line(index))
    const begun = performance.now()
    const findings = checkLines('example.jp', lines)
    assert.isBelow(performance.now() - begun, 500)
    assert.isFalse(findings.some(({ severity }) => severity === 'error'))
    assert.lengthOf(findings, count)
    const more = [...lines, ...lines.slice(0, 50).map((_, index) => line(count + index))]
    const errors = checkLines('example.jp', more).filter(({ severity }) => severity === 'error')
    assert.deepEqual(
      errors.map(({ key, index }) => [key, index]),
      [['zone_too_large', more.length - 1]]
    )
  })

  test('OPT-10: what no resolver passes on unharmed in a text is told, and only that', ({
    assert,
  }) => {
    for (const [text, isTold] of [
      ['plain ~', false],
      ['\\127', false],
      ['"', false],
      ['\u007f', true],
      ['é', true],
      ['\\é', true],
    ] as const) {
      const content = quoted(Buffer.from(text))
      const said = checkLines('example.jp', [{ name: 'a', type: 'TXT', ttl: 300, content }])
      assert.equal(said.length > 0, isTold, content)
    }
  })

  test('OPT-10: as many records as allowed are checked at once, one more is refused', ({
    assert,
  }) => {
    const lines = Array.from({ length: recordsPerZone }, (_, index) => {
      return { name: `n${index}`, type: 'CNAME', ttl: 300, content: `n${index + 1}.example.net.` }
    })
    const begun = performance.now()
    assert.deepEqual(found(lines), [])
    assert.isBelow(performance.now() - begun, 3000)
    const more = { name: 'more', type: 'A', ttl: 300, content: '192.0.2.1' }
    assert.deepEqual(found([...lines, more]), [['error', 'too_many_records', recordsPerZone]])
  })
})
