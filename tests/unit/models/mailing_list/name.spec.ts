import { test } from '@japa/runner'
import { checkListName, controlNames, listNamesOf } from '#models/mailing_list/name'
import { checkLocalPart } from '#models/mailbox/local_part'

test.group('Names of mailing lists', () => {
  const names: [string, string][] = [
    [' News ', 'news'],
    ['sales.2026', 'sales.2026'],
    ['news+x', 'plus'],
    ['news-ctl', 'list_control'],
    ['news-owner-ctl', 'list_control'],
    ['news-ctl+help', 'list_control'],
    ['postmaster', 'reserved'],
    ['admin', 'admin'],
    ['', 'empty'],
    ['a'.repeat(41), 'too_long_for_list'],
  ]
  for (const [typed, answer] of names) {
    test(`MAIL-06: ${JSON.stringify(typed)} is ${answer}`, ({ assert }) => {
      const found = checkListName(typed)
      assert.equal('problem' in found ? found.problem : found.localPart, answer)
    })
  }

  test('MAIL-06: every control address belongs to its list, and is no ID of a user', ({
    assert,
  }) => {
    for (const each of [...controlNames, 'ctl+subscribe', 'ctl+bounces-3-sato=example.jp']) {
      assert.include(listNamesOf(`news-${each}`), 'news')
      assert.property(checkLocalPart(`news-${each}`), 'problem')
    }
    assert.deepEqual(listNamesOf('news-letter'), ['news-letter'])
  })
})
