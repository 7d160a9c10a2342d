import { test } from '@japa/runner'
import { denied, document, section, settings } from '#convergence/syntax/proftpd'
import { assertReadBack } from '#tests/support/directives'
import { shown } from '#tests/support/shown'

test.group('Writers of ProFTPD configuration', () => {
  test('REL-01: whatever the words are, they are read back as themselves or refused', ({
    assert,
  }) => {
    assertReadBack(assert, settings, 'ListOptions')
  })

  test('REL-01: {shown} is refused')
    .with(
      shown([
        '',
        'a\nRootLogin on',
        'a\u0000',
        '"',
        "'",
        '\\',
        'a\u2028',
        '</Limit>',
        '%{env:PATH}',
      ])
    )
    .run(({ assert }, { text }) => {
      assert.throws(() => settings({ ServerName: text }), /refused/)
      assert.throws(() => section('Directory', [text]), /refused/)
    })

  test('REL-01: a list of words that is empty, and a name that is none, are refused', ({
    assert,
  }) => {
    assert.throws(() => settings({ AuthOrder: [] }), /refused/)
    assert.throws(() => settings({ 'Auth Order': 'x' }), /refused/)
  })

  test('what holds for a directory only stands in its section, indented', ({ assert }) => {
    assert.equal(
      document(
        settings({ UseIPv6: false, Umask: ['022', '022'] }),
        section('Directory', ['~/a b'], denied('ALL'))
      ),
      'UseIPv6 off\nUmask 022 022\n<Directory "~/a b">\n  <Limit ALL>\n    DenyAll\n  </Limit>\n</Directory>\n'
    )
  })
})
