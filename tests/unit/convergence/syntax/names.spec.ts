import { test } from '@japa/runner'
import { toAbsolutePath, toDomainName, toLocalPart, toUnixName } from '#convergence/syntax/names'
import { shown } from '#tests/support/shown'

const hostile = [
  '',
  ' ',
  'a\nb',
  'a\u0000',
  '../x',
  '$(id)',
  '`id`',
  '"',
  "'",
  ';',
  '-rf',
  'a b',
  '\u202E',
]

test.group('Names for configuration files', () => {
  for (const [name, parse] of Object.entries({
    toDomainName,
    toLocalPart,
    toUnixName,
    toAbsolutePath,
  })) {
    test(`REL-01: ${name} refuses {shown}`)
      .with(shown(hostile))
      .run(({ assert }, { text: value }) => {
        assert.throws(() => parse(value), /refused to write/)
      })
  }

  test('REL-01: {shown} is no normalised absolute path')
    .with(shown(['/', 'etc', '/etc/', '/etc//x', '/etc/./x', '/etc/../x', '/..', '/a\n']))
    .run(({ assert }, { text: value }) => {
      assert.throws(() => toAbsolutePath(value), /refused/)
    })

  test('REL-01: good names pass unchanged', ({ assert }) => {
    assert.equal(toAbsolutePath('/data/domain/example.jp/.x'), '/data/domain/example.jp/.x')
    assert.equal(toDomainName('xn--wgv71a119e.jp'), 'xn--wgv71a119e.jp')
    assert.equal(toUnixName('d12'), 'd12')
    assert.equal(toLocalPart('taro.sato+x'), 'taro.sato+x')
  })
})
