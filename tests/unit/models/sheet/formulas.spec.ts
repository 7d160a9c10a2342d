import { test } from '@japa/runner'
import { neutralised, restored } from '#models/sheet/formulas'

test.group('Cells that a spreadsheet would run', () => {
  for (const text of [
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '\n=1',
    '＝1',
    '＋1',
    '－1',
    '＠x',
    "'=1",
  ]) {
    test(`USR-06: ${JSON.stringify(text)} does not run, and comes back as it was`, ({ assert }) => {
      assert.equal(neutralised(text), `'${text}`)
      assert.equal(restored(neutralised(text)), text)
    })
  }

  test('USR-06: what is no formula stays as it is', ({ assert }) => {
    for (const text of ['', 'a=1', "'a", "it's", '1-1', ' =1']) {
      assert.equal(neutralised(text), text)
      assert.equal(restored(text), text)
    }
  })
})
