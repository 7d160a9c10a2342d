import { test } from '@japa/runner'
import { document, match, settings } from '#convergence/syntax/sshd'
import { assertReadBack } from '#tests/support/directives'
import { shown } from '#tests/support/shown'

test.group('Writers of sshd configuration', () => {
  test('REL-01: whatever the words are, they are read back as themselves or refused', ({
    assert,
  }) => {
    assertReadBack(assert, settings, 'AllowGroups')
  })

  test('REL-01: {shown} is refused')
    .with(shown(['', 'a\nPermitRootLogin yes', 'a\u0000', '"', "'", '\\', 'a\u2028']))
    .run(({ assert }, { text }) => {
      assert.throws(() => settings({ Banner: text }), /refused/)
      assert.throws(() => match('Group', text, {}), /refused/)
    })

  test('what holds for a group only comes last, indented', ({ assert }) => {
    assert.equal(
      document(settings({ Port: 22, UseDNS: false }), match('Group', 'x', { PermitTTY: true })),
      'Port 22\nUseDNS no\nMatch Group x\n  PermitTTY yes\n'
    )
  })
})
