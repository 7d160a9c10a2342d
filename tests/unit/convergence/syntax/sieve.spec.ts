import { test } from '@japa/runner'
import fc from 'fast-check'
import { NotWritable } from '#convergence/syntax/not_writable'
import { condition, preamble, quoted, quotedLine, stringList } from '#convergence/syntax/sieve'
import { shown } from '#tests/support/shown'

/** What Sieve makes of a quoted string: escapes first (RFC 5228), then variables, once (RFC 5229). */
function read(written: string): string {
  const inside = /^"((?:[^"\\]|\\.)*)"$/su.exec(written)?.[1]
  if (inside === undefined) throw new Error(`not one string: ${written}`)
  return inside
    .replace(/\\(.)/gsu, '$1')
    .replace(/\$\{([a-z_0-9.]+)\}/gi, (_, name) => (name === 'dollar' ? '$' : ''))
}

test.group('Writers of Sieve', () => {
  test('REL-01: whatever a text is, it is one string, and Sieve reads the same, or refused', ({
    assert,
  }) => {
    const pieces = fc.constantFrom('"', '\\', '$', '{', '}', '\n', '.', ';', 'dollar', '${1}', 'あ')
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces).map((all) => all.join(''))
    )
    fc.assert(
      fc.property(texts, (text) => {
        let written = ''
        try {
          written = quoted(text)
        } catch (error) {
          if (error instanceof NotWritable) return
          throw error
        }
        assert.equal(read(written), text.replaceAll('\n', '\r\n'))
      })
    )
  })

  test('REL-01: {shown} is refused')
    .with(shown(['\0', 'a\rb', '\u0007', '\u0085', '\ud800']))
    .run(({ assert }, { text }) => {
      assert.throws(() => quoted(text), /refused/)
    })

  test('REL-01: what goes into a header has no line end: {shown}')
    .with(shown(['a\nBcc: x@example.jp', '\u2028', '\t', 'a\r\n']))
    .run(({ assert }, { text }) => {
      assert.throws(() => quotedLine(text), /refused/)
      assert.throws(() => stringList([text]), /refused/)
    })

  test('REL-01: a list is never empty, for that would mean everything or nothing', ({ assert }) => {
    assert.throws(() => stringList([]), /refused/)
  })

  test('a condition holds its own lines, and the lines of a text stay as they are', ({
    assert,
  }) => {
    assert.deepEqual(condition('true', ['keep;'], ['stop;']), [
      'if true {',
      '  keep;',
      '} else {',
      '  stop;',
      '}',
    ])
    assert.equal(preamble(['copy'])[0], 'require ["copy"];')
  })
})
