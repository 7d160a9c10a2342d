import { test } from '@japa/runner'
import fc from 'fast-check'
import { nameServerNames } from '#config/dns'
import { toDomainName } from '#convergence/syntax/names'
import {
  ancestorsOf,
  checkDomainName,
  reverseName,
  type DomainNameProblem,
} from '#models/domain/domain_name'
import { providerZones } from '#models/zone/provider_zones'
import { shown } from '#tests/support/shown'

const refused: Record<DomainNameProblem, readonly string[]> = {
  empty: ['', '  ', '.'],
  control_characters: ['a\nb.jp', 'a\u0000.jp', 'a\u200Bb.jp', 'a\u202Eb.jp', 'example.jp\r\nx: y'],
  space: ['foo bar.jp', 'a\u00A0b.jp'],
  url: ['http://example.jp', 'example.jp/', '../etc/passwd'],
  mail_address: ['sato@example.jp'],
  mixed_scripts: [
    'аpple.com',
    'pаypal.jp',
    'νiew.jp',
    'sho\u0440.jp',
    'xn--pple-43d.com',
    '日本語а.a\u0430.jp',
  ],
  full_width: ['ｅｘａｍｐｌｅ.jp', '日本語。jp', 'example．jp', 'a　b.jp'],
  ip_address: ['192.0.2.1', '[2001:db8::1]', '0x7f.1', '1.2.3'],
  single_label: ['exampleshop', 'jp', 'xn--wgv71a119e'],
  empty_label: ['..', 'foo..jp', '.jp'],
  leading_hyphen: ['-rf.jp', 'a-.jp', 'example.-jp', '-', '--help'],
  characters: [
    'a_b.jp',
    '"q".jp',
    `';drop.jp`,
    '$(id).jp',
    'a%2eb.jp',
    '☃.com',
    '*.example.jp',
    '<b>.jp',
  ],
  www: ['www.example.jp'],
  invalid_idn: ['xn--a.jp', 'xn--zzzzzz99999.jp', 'ab--cd.jp'],
  label_too_long: [`${'a'.repeat(64)}.jp`, `${'日本語'.repeat(20)}.jp`],
  too_long: [`${Array.from({ length: 5 }, () => 'a'.repeat(50)).join('.')}.jp`],
  special_use: ['foo.local', 'localhost', 'a.test', '1.0.0.10.in-addr.arpa', 'x.onion'],
  provider: ['mine.smc-msv.jp', 'smc-msv.jp', 'x.mngsv.biz'],
  public_suffix: ['co.jp', 'tokyo.jp', 'github.io', 'com.au'],
  unknown_suffix: ['foo.zzzz', 'server.lan'],
}

test.group('Domain name', () => {
  for (const [problem, inputs] of Object.entries(refused)) {
    test(`DOM-01: ${problem} is told as such: {shown}`)
      .with(shown(inputs))
      .run(({ assert }, { text: input }) =>
        assert.deepEqual(checkDomainName(input), { problem } as any)
      )
  }

  test('DOM-01: {input} is read as {ascii}')
    .with([
      { input: 'example.jp', ascii: 'example.jp', unicode: 'example.jp' },
      { input: ' Example.CO.JP. ', ascii: 'example.co.jp', unicode: 'example.co.jp' },
      { input: 'sub.example.jp', ascii: 'sub.example.jp', unicode: 'sub.example.jp' },
      { input: '日本語.jp', ascii: 'xn--wgv71a119e.jp', unicode: '日本語.jp' },
      { input: 'xn--wgv71a119e.jp', ascii: 'xn--wgv71a119e.jp', unicode: '日本語.jp' },
      { input: 'ラーメン.みんな', ascii: 'xn--4dkp5a8a.xn--q9jyb4c', unicode: 'ラーメン.みんな' },
    ])
    .run(({ assert }, { input, ascii, unicode }) =>
      assert.deepEqual(checkDomainName(input), { ascii, unicode })
    )

  test('DOM-01: whatever is accepted can be written to configuration files', () => {
    const text = fc.oneof(
      fc.domain(),
      fc.string({ unit: 'binary' }),
      fc.string().map((s) => `${s}.jp`)
    )
    fc.assert(
      fc.property(text, (input) => {
        const check = checkDomainName(input)
        if ('ascii' in check) toDomainName(check.ascii)
      }),
      { numRuns: 3000 }
    )
  })

  test('DOM-01: what lies below a name is one range of the reversed names', ({ assert }) => {
    const below = reverseName('example.jp')
    assert.isTrue(reverseName('www.example.jp').startsWith(below))
    assert.isFalse(reverseName('myexample.jp').startsWith(below))
    assert.deepEqual(ancestorsOf('a.b.example.jp'), ['b.example.jp', 'example.jp', 'jp'])
  })

  test('DOM-04: nobody orders a name of the provider’s own zones, above them or below them', ({
    assert,
  }) => {
    const around = (zone: string) => [zone, `VICTIM.jp.${zone}.`]
    const names = [...providerZones, ...Object.values(nameServerNames)].flatMap(around)
    // The policy of who may send a domain's mail is read there
    names.push('hosting-pf.net', 'HOSTING-PF.NET.', 'example.co.jp.spf.hosting-pf.net')
    for (const name of names) assert.deepEqual(checkDomainName(name), { problem: 'provider' }, name)
    for (const name of ['pf.net', 'other.hosting-pf.net', 'spf.hosting-pf.net.example.co.jp'])
      assert.property(checkDomainName(name), 'ascii', name)
  })
})
