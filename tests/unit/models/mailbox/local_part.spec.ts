import { test } from '@japa/runner'
import fc from 'fast-check'
import { toLocalPart } from '#convergence/syntax/names'
import { checkLocalPart, type LocalPartProblem } from '#models/mailbox/local_part'
import { shown } from '#tests/support/shown'

const refused: Record<LocalPartProblem, readonly string[]> = {
  empty: ['', '   '],
  full_width: ['ｓａｔｏ', 'sa　to'],
  whole_address: ['sato@example.jp'],
  characters: ['sa to', 'sato\nroot', "o'brien", '佐藤', 'a/b', 'a:b', 'a\u0000', '"x"', 'a%b'],
  dots: ['sato.', 'sa..to'],
  first_character: ['-rf', '.sato', '_x', '+x'],
  too_long: ['a'.repeat(65)],
  reserved: ['postmaster', 'WebMaster', 'root', 'mailer-daemon'],
  list_control: ['news-ctl', 'news-request', 'news-admin', 'news-owner', 'news-owner-ctl'],
  admin: ['admin'],
}

test.group('Local part', () => {
  for (const [problem, inputs] of Object.entries(refused)) {
    test(`MAIL-01: ${problem} is told as such: {shown}`)
      .with(shown(inputs))
      .run(({ assert }, { text: input }) =>
        assert.deepEqual(checkLocalPart(input), { problem } as any)
      )
  }

  test('MAIL-01: {shown} may be a user ID')
    .with(
      shown([
        'sato',
        'taro.sato',
        'sato-2',
        'a',
        '0',
        'sato_x',
        'sato+news',
        'abuse',
        'hostmaster',
        'a'.repeat(64),
      ])
    )
    .run(({ assert }, { text: input }) =>
      assert.deepEqual(checkLocalPart(input), { localPart: input })
    )

  test('MAIL-01: whatever is accepted can be written to configuration files', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.emailAddress().map((a) => a.split('@')[0])
        ),
        (input) => {
          const check = checkLocalPart(input)
          if ('localPart' in check) toLocalPart(check.localPart)
        }
      ),
      { numRuns: 3000 }
    )
  })
})
