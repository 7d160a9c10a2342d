import fc from 'fast-check'
import { test } from '@japa/runner'
import { environmentFile } from '#convergence/syntax/systemd'

/** A double-quoted value as systemd's EnvironmentFile reader takes it. */
function valueOf(line: string): string {
  return line
    .replace(/^[A-Z_]+="/, '')
    .replace(/"\n$/, '')
    .replace(/\\(["\\`$])/g, '$1')
}

test.group('Environment files of systemd', () => {
  test('REL-01: a value comes back as it was', ({ assert }) => {
    const text = fc.string({ unit: 'grapheme' }).filter((value) => !/\p{Cc}/u.test(value))
    fc.assert(
      fc.property(text, (value) => {
        const file = environmentFile({ NAME: value })
        assert.equal(valueOf(file), value)
        assert.lengthOf(file.split('\n'), 2)
      })
    )
  })

  test('REL-01: refuses a second line and a name that is not one', ({ assert }) => {
    assert.throws(() => environmentFile({ NAME: 'a\nLD_PRELOAD=/tmp/x' }), /refused/)
    assert.throws(() => environmentFile({ NAME: 'a\0' }), /refused/)
    assert.throws(() => environmentFile({ 'A=B\nC': 'a' }), /refused/)
  })
})
