import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { makeTenant } from '#database/factories/tenant'
import TakeOverListChanges from '#jobs/take_over_list_changes'
import MailingList from '#models/mailing_list'
import MailingListMember from '#models/mailing_list_member'
import { answerWith } from '#monitoring/questions'
import { Unreachable } from '#convergence/transports/transport'

test.group('Taking over what mail changed', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('MAIL-06: lists with news are asked for them, others are not, and a silent server stops nothing', async ({
    assert,
  }) => {
    const silent = await makeTenant()
    const tenant = await makeTenant()
    const listOf = async ({ domain, admin }: typeof tenant, localPart: string) =>
      MailingList.add(domain, { localPart }, [], { by: admin, ip: null })
    await listOf(silent, 'news')
    const [one, two] = [await listOf(tenant, 'one'), await listOf(tenant, 'two')]
    const asked: unknown[] = []
    const back = answerWith(async (server, question, given) => {
      if (server.id === silent.server.id) throw new Unreachable('silent')
      if (question === 'lists_with_news') return [two.id]
      asked.push(given.list)
      return { epoch: 'e', after: 0, seen: 1, changes: [{ action: 'join', address: 'a@x.jp' }] }
    })
    await new TakeOverListChanges().handle({ signal: new AbortController().signal })
    back()
    assert.deepEqual(asked, [two.id])
    assert.deepEqual(await MailingListMember.addressesOf(two.id), ['a@x.jp'])
    assert.isEmpty(await MailingListMember.addressesOf(one.id))
  })
})
