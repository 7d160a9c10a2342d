import { test } from '@japa/runner'
import fc from 'fast-check'
import { NotWritable } from '#convergence/syntax/not_writable'
import { document, match, settings } from '#convergence/syntax/sshd'
import { shown } from '#tests/support/shown'

/** What sshd reads of one line: words between spaces, or between quotes. */
const wordsOf = (line: string) =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain)

test.group('Writers of sshd configuration', () => {
  test('REL-01: whatever the words are, they are read back as themselves or refused', ({
    assert,
  }) => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), (words) => {
        let lines: string[] = []
        try {
          lines = settings({ AllowGroups: words })
        } catch (error) {
          if (error instanceof NotWritable) return
          throw error
        }
        assert.deepEqual(wordsOf(lines[0]), ['AllowGroups', ...words])
      })
    )
  })

  test('REL-01: {shown} is refused')
    .with(shown(['', 'a\nPermitRootLogin yes', 'a\u0000', '"', "'", '\\', 'a\u2028']))
    .run(({ assert }, { text }) => {
      assert.throws(() => settings({ Banner: text }), /refused/)
      assert.throws(() => match('Group', text, {}), /refused/)
    })

  test('what holds for a group only comes last, indented', ({ assert }) => {
    assert.equal(
      document(settings({ Port: 22, UseDNS: false }), match('Group', 'x', { PermitTTY: true })),
      'Port 22\nUseDNS no\nMatch Group x\n  PermitTTY yes\n'
    )
  })
})
