import { test } from '@japa/runner'
import fc from 'fast-check'
import { NotWritable } from '#convergence/syntax/not_writable'
import { expansion, mainCf, masterCf, sqliteMap, textTable } from '#convergence/syntax/postfix'
import { shown } from '#tests/support/shown'

/** What Postfix reads: lines that begin with space go on, `#` begins a comment, `$$` is one `$`. */
function read(text: string): [string, string][] {
  return text
    .replace(/\n[ \t]+/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => line.split(/=(.*)/s, 2))
    .map(([name, given]) => [name.trim(), given.trim().replaceAll('$$', '$')])
}

function writtenOrRefused(write: () => string): string | undefined {
  try {
    return write()
  } catch (error) {
    if (error instanceof NotWritable) return undefined
    throw error
  }
}

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('$x', '${x}', 'a\nb = c', ' ')
)

test.group('Writers of Postfix configuration', () => {
  test('REL-01: whatever a value is, it is read back as itself or refused', ({ assert }) => {
    fc.assert(
      fc.property(text, (value) => {
        const written = writtenOrRefused(() => mainCf({ before: 1, myhostname: value, after: 2 }))
        if (written === undefined) return
        assert.deepEqual(read(written), [
          ['before', '1'],
          ['myhostname', value],
          ['after', '2'],
        ])
      })
    )
  })

  test('REL-01: a list is read back as its items or refused', ({ assert }) => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1 }), (items) => {
        const written = writtenOrRefused(() => mainCf({ list: items }))
        if (written === undefined) return
        assert.deepEqual(read(written), [['list', items.join(', ')]])
      })
    )
  })

  test('only text of our own refers to other parameters', ({ assert }) => {
    assert.equal(
      mainCf({ a: '$myhostname', b: expansion('$myhostname') }),
      'a = $$myhostname\nb = $myhostname\n'
    )
  })

  test('REL-01: {shown} does not end its line')
    .with(shown(['a\nb', 'a\rb', 'a\u0000', 'a\u2028b', '\u0085']))
    .run(({ assert }, { text: value }) => {
      assert.throws(() => mainCf({ a: value }), /refused/)
      assert.throws(() => mainCf({ a: expansion(value) }), /refused/)
      assert.throws(() => sqliteMap('/x', value), /refused/)
      assert.throws(() => textTable([['key', value]]), /refused/)
      assert.throws(() => textTable([[value, 'x']]), /refused/)
      assert.throws(
        () => masterCf([{ name: 'smtp', type: 'inet', program: 'smtpd', options: { a: value } }]),
        /refused/
      )
    })

  test('REL-01: {shown} is no key of a table')
    .with(shown(['', 'a b', '#a', '"a"', 'a\tb']))
    .run(({ assert }, { text: key }) => {
      assert.throws(() => textTable([[key, 'x']]), /refused/)
    })

  test('options of a daemon stay in their braces', ({ assert }) => {
    const daemon = { name: 'smtp', type: 'inet', isPrivate: false, program: 'smtpd' } as const
    assert.equal(
      masterCf([{ ...daemon, options: { a: 'x, y' } }]),
      'smtp inet n - n - - smtpd\n  -o { a = x, y }\n'
    )
    assert.throws(() => masterCf([{ ...daemon, options: { a: 'x } -o { b = y' } }]), /refused/)
    assert.throws(() => masterCf([{ ...daemon, name: 'smtp inet' }]), /refused/)
  })
})
