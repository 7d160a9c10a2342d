import { test } from '@japa/runner'
import fc from 'fast-check'
import { taxOf, taxPerRate, totalOf } from '#billing/tax'

test.group('Tax', () => {
  test('ORD-07: it is rounded once per rate, not per line', ({ assert }) => {
    const lines = Array.from({ length: 10 }, () => ({ yen: 99, taxPercent: 10 }))

    const rates = taxPerRate([...lines, { yen: 105, taxPercent: 8 }])

    // Ten lines of 9 yen each would make 90
    assert.deepEqual(rates, [
      { percent: 10, net: 990, tax: 99 },
      { percent: 8, net: 105, tax: 8 },
    ])
    assert.deepEqual(totalOf(rates), { net: 1_095, tax: 107, total: 1_202 })
  })

  test('ORD-07: what is given back is rounded as what was charged, and nothing is no minus nothing', ({
    assert,
  }) => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), fc.constantFrom(0, 8, 10), (net, percent) => {
        assert.equal(taxOf(net, percent) + taxOf(-net, percent), 0)
        assert.equal(taxOf(net, percent), Number((BigInt(net) * BigInt(percent)) / 100n))
        assert.isFalse(Object.is(taxOf(-net, percent), -0))
      })
    )
  })
})
