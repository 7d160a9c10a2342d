import fc from 'fast-check'
import { test } from '@japa/runner'
import { colonTable } from '#convergence/syntax/colon_table'

const field = fc.string({ unit: 'grapheme' }).filter((text) => !/[:\p{Cc}]/u.test(text))

test.group('Account files', () => {
  test('REL-01: records come back as they were', ({ assert }) => {
    fc.assert(
      fc.property(fc.array(fc.array(field, { minLength: 1 }), { minLength: 1 }), (records) => {
        const read = colonTable(records).slice(0, -1).split('\n')
        assert.deepEqual(
          read.map((line) => line.split(':')),
          records
        )
      })
    )
  })

  test('REL-01: refuses what would be another field or another account', ({ assert }) => {
    for (const hostile of ['a:0:0', 'a\nroot::0:0::/:/bin/sh', 'a\0', 'a\r']) {
      assert.throws(() => colonTable([[hostile]]), /refused/)
    }
  })
})
