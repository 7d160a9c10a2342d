import fc from 'fast-check'
import { test } from '@japa/runner'
import { directive, section, word } from '#convergence/syntax/apache'
import { shown } from '#tests/support/shown'

/** The words of a line as Apache's ap_getword_conf reads them. */
function wordsOf(line: string): string[] {
  const words: string[] = []
  let rest = line.trimStart()
  while (rest !== '') {
    const [found, after] = rest.startsWith('"') ? quotedWord(rest) : plainWord(rest)
    words.push(found)
    rest = after.trimStart()
  }
  return words
}

function quotedWord(text: string): [string, string] {
  let value = ''
  for (let at = 1; at < text.length; at++) {
    if (text[at] === '"') return [value, text.slice(at + 1)]
    if (text[at] === '\\' && ['\\', '"'].includes(text[at + 1] ?? '')) at++
    value += text[at]
  }
  throw new Error('quotes are not closed')
}

function plainWord(text: string): [string, string] {
  const end = text.search(/\s|$/)
  return [text.slice(0, end), text.slice(end)]
}

const printable = fc
  .string({ unit: 'grapheme' })
  .filter((text) => !/[\p{Cc}\u2028\u2029]|\$\{/u.test(text))

test.group('Apache configuration', () => {
  test('REL-01: any text without control characters comes back as the one argument it was', ({
    assert,
  }) => {
    fc.assert(
      fc.property(fc.array(printable, { minLength: 1 }), (values) => {
        assert.deepEqual(wordsOf(directive('SetEnv', ...values)), ['SetEnv', ...values])
      })
    )
  })

  test('REL-01: no text makes a second line or a continued one', ({ assert }) => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        let line
        try {
          line = word(text)
        } catch {
          return
        }
        assert.notMatch(line, /[\r\n\0]|\\$/)
      })
    )
  })

  test('refuses {shown}')
    .with(
      shown(['a\nb', 'a\rb', 'a\u0000b', '\u001b[0m', 'a\u0085b', '${APACHE_RUN_USER}', 'x\u2028y'])
    )
    .run(({ assert }, { text }) => {
      assert.throws(() => word(text), /refused to write/)
    })

  test('refuses a directive name that is not one', ({ assert }) => {
    assert.throws(() => directive('Foo\nBar', 1), /refused/)
    assert.throws(() => directive('</Directory', 1), /refused/)
  })

  test('encloses lines in a section', ({ assert }) => {
    assert.deepEqual(section('Directory', '/a b', [directive('Require', 'all', 'granted')]), [
      '<Directory "/a b">',
      '  Require all granted',
      '</Directory>',
    ])
  })
})
