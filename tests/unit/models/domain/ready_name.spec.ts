import { test } from '@japa/runner'
import fc from 'fast-check'
import { readySuffixes } from '#config/domains'
import { checkDomainName } from '#models/domain/domain_name'
import { checkReadyName, type ReadyNameProblem } from '#models/domain/ready_name'
import { shown } from '#tests/support/shown'

const [suffix] = readySuffixes

const refused: Record<Exclude<ReadyNameProblem, 'suffix'>, readonly string[]> = {
  empty: ['', '   '],
  whole_name: ['my.shop', 'shop.smc-msv.jp', '.', 'shop.', '..'],
  // Cyrillic, Greek and full-width letters that look like Latin ones, and what can't be seen
  japanese: [
    'お店',
    'ｓｈｏｐ',
    'shоp',
    'аррle',
    'νiew',
    'sho\u200Bp',
    'shop\u202E',
    'ѕhop',
    'shop。',
  ],
  characters: [
    'my_shop',
    'my shop',
    'a/b',
    "o'brien",
    '$(id)',
    'a;b',
    'a\nb',
    'a\u0000b',
    '*',
    'a@b',
  ],
  hyphens: ['-shop', 'shop-', '--', 'xn--wgv71a', 'ab--cd', 'xn--80ak6aa92e'],
  too_short: ['a', 'ab', '1'],
  too_long: ['a'.repeat(41), 'a'.repeat(63), 'a'.repeat(1000)],
  reserved: [
    'www',
    'WWW',
    'mail',
    'mail2',
    'ns1',
    'mx-1',
    'admin',
    'postmaster',
    'autoconfig',
    'mta-sts',
    'msv000001',
    'wpad',
    'localhost',
    'login',
    'abuse',
  ],
}

test.group('Ready names', () => {
  for (const [problem, labels] of Object.entries(refused)) {
    test(`DOM-02: refused as ${problem}: {shown}`)
      .with(shown(labels))
      .run(({ assert }, { text }) => {
        assert.propertyVal(checkReadyName(text, suffix), 'problem', problem)
      })
  }

  test('DOM-02: a label is had below the names on the list, and below no other', ({ assert }) => {
    for (const each of readySuffixes) {
      const ascii = `my-shop2.${each}`
      assert.deepEqual(checkReadyName(' My-Shop2 ', each), { ascii, unicode: ascii })
    }
    for (const each of [
      'example.jp',
      'mngsv.biz',
      '',
      'SMC-MSV.JP',
      'smc-msv.jp.',
      'jp',
      'x.smc-msv.jp',
    ])
      assert.deepEqual(checkReadyName('my-shop', each), { problem: 'suffix' }, each)
  })

  test('DOM-02: whatever is accepted is one label of DNS, in one form', ({ assert }) => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[a-zA-Z0-9-]{1,45}$/))
    fc.assert(
      fc.property(text, (typed) => {
        const name = checkReadyName(typed, suffix)
        if ('problem' in name) return
        assert.match(name.ascii, /^[a-z0-9]([a-z0-9-]{1,38})[a-z0-9]\.smc-msv\.jp$/)
        assert.deepEqual(checkReadyName(name.ascii.split('.')[0], suffix), name)
      })
    )
  })

  test('DOM-02: no form of a ready name is taken for an own domain', ({ assert }) => {
    const forms = [
      'shop.smc-msv.jp',
      'SHOP.SMC-MSV.JP',
      'shop.smc-msv.jp.',
      'a.shop.smc-msv.jp',
      '𝐬hop.𝐬mc-msv.jp',
      'smc-msv.jp',
      'お店.smc-msv.jp',
      'xn--t8jc.smc-msv.jp',
      'bcdfghjkmn.mngsv.biz',
    ]
    for (const form of forms) assert.deepEqual(checkDomainName(form), { problem: 'provider' }, form)
    for (const form of [
      'shop.smc-msv.jp..',
      'shop。smc-msv。jp',
      'shop.smc‐msv.jp',
      'shop.smc-msv.jр',
    ])
      assert.property(checkDomainName(form), 'problem', form)
  })
})
