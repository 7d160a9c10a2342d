import { test } from '@japa/runner'
import fc from 'fast-check'
import { block, document, expansion, settings, value } from '#convergence/syntax/dovecot'
import { NotWritable } from '#convergence/syntax/not_writable'
import { shown } from '#tests/support/shown'

/** What Dovecot reads between quotes. */
const unquoted = (line: string) =>
  /^[a-z_0-9]+ = "((?:[^"\\]|\\.)*)"$/su.exec(line)?.[1].replace(/\\(.)/gsu, '$1')

test.group('Writers of Dovecot configuration', () => {
  test('REL-01: whatever a value is, it is one string on one line, or refused', ({ assert }) => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (text) => {
        let lines: string[] = []
        try {
          lines = settings({ login_greeting: text })
        } catch (error) {
          if (error instanceof NotWritable) return
          throw error
        }
        assert.lengthOf(lines, 1)
        assert.notMatch(lines[0], /\p{Cc}/u)
        assert.equal(unquoted(lines[0]), text)
      })
    )
  })

  test('REL-01: {shown} is refused')
    .with(
      shown(['a\nb', 'a\u0000', '%{env:HOME}', '$ENV:HOME', '$SET:x', '</etc/shadow', 'a\u2028b'])
    )
    .run(({ assert }, { text }) => {
      assert.throws(() => value(text), /refused/)
    })

  test('only text of our own is expanded, and on one line too', ({ assert }) => {
    assert.equal(value(expansion('%{home}/Maildir')), '"%{home}/Maildir"')
    assert.throws(() => value(expansion('a\nb')), /refused/)
  })

  test('numbers are whole', ({ assert }) => {
    assert.equal(value(20000), '20000')
    for (const number of [-1, 0.5, Number.NaN, Infinity])
      assert.throws(() => value(number), /refused/)
  })

  test('blocks are within each other', ({ assert }) => {
    assert.equal(
      document(
        { a: 1 },
        block('service auth', { b: true }, block('unix_listener x/y', { c: 'd' }))
      ),
      'a = 1\nservice auth {\n  b = yes\n  unix_listener x/y {\n    c = "d"\n  }\n}\n'
    )
    assert.throws(() => block('service auth {\n', {}), /refused/)
    assert.throws(() => settings({ 'a = b\nc': 1 }), /refused/)
  })
})
