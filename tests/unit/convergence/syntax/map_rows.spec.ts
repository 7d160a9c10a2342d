import { test } from '@japa/runner'
import { rows } from '#convergence/syntax/map_rows'
import { shown } from '#tests/support/shown'

test.group('Rows of maps', () => {
  test('are in the order of their keys', ({ assert }) => {
    const given = [
      ['b', '1'],
      ['a', '2'],
    ] as const
    assert.deepEqual(rows(given), [given[1], given[0]])
  })

  test('REL-01: a key comes once', ({ assert }) => {
    const twice = [
      ['a', '1'],
      ['a', '2'],
    ] as const
    assert.throws(() => rows(twice), /refused/)
  })

  test('REL-01: {shown} is neither key nor value')
    .with(shown(['', 'a\nb', 'a\u0000', '\u2028']))
    .run(({ assert }, { text }) => {
      assert.throws(() => rows([[text, 'x']]), /refused/)
      assert.throws(() => rows([['x', text]]), /refused/)
    })
})
