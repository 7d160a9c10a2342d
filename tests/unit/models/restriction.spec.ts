import testUtils from '@adonisjs/core/services/test_utils'
import { test } from '@japa/runner'
import { makeMailbox, makeTenant, type Tenant } from '#database/factories/tenant'
import { Refusal } from '#exceptions/refusals'
import type Account from '#models/account'
import Mailbox from '#models/mailbox'
import OperationLog from '#models/operation_log'
import Restriction from '#models/restriction'
import { features, featuresOf, isRestrictable, type Feature } from '#models/restriction/feature'
import { Restrictions } from '#models/restriction/restrictions'
import Task from '#models/task'
import { queriesOf } from '#tests/support/counted_queries'

const actor = (by: Account) => ({ by, ip: null })

function impose(tenant: Tenant, by: Account, feature: Feature, exempt: string[] = []) {
  return Restriction.impose(tenant.domain, feature, { exempt }, actor(by))
}

async function heldBy(tenant: Tenant, by: Account, mailbox: Mailbox, feature: Feature = 'reject') {
  const restrictions = await Restrictions.of(tenant.domain, actor(by))
  return restrictions.on(feature, mailbox)
}

test.group('Restrictions', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('USR-08: nobody is restricted by nothing', async ({ assert }) => {
    const tenant = await makeTenant()
    for (const by of [tenant.contractor, tenant.admin, tenant.user])
      for (const feature of features)
        assert.isNull(await heldBy(tenant, by, tenant.mailbox, feature), feature)
  })

  test('USR-08: the contractor restricts domain admin and users, never himself', async ({
    assert,
  }) => {
    const tenant = await makeTenant()
    await impose(tenant, tenant.contractor, 'reject')
    assert.equal(await heldBy(tenant, tenant.user, tenant.mailbox), 'contractor')
    assert.equal(await heldBy(tenant, tenant.admin, tenant.mailbox), 'contractor')
    assert.isNull(await heldBy(tenant, tenant.contractor, tenant.mailbox))
    assert.isNull(await heldBy(tenant, tenant.user, tenant.mailbox, 'forwarding'))
  })

  test('USR-08: the domain admin restricts users, neither himself nor the contractor', async ({
    assert,
  }) => {
    const tenant = await makeTenant()
    await impose(tenant, tenant.admin, 'reject')
    assert.equal(await heldBy(tenant, tenant.user, tenant.mailbox), 'domain_admin')
    assert.isNull(await heldBy(tenant, tenant.admin, tenant.mailbox))
    assert.isNull(await heldBy(tenant, tenant.contractor, tenant.mailbox))
  })

  test('USR-08: whom the contractor leaves out is free, and so is the domain admin for him', async ({
    assert,
  }) => {
    const tenant = await makeTenant()
    const other = await makeMailbox(tenant.domain, tenant.server)
    await impose(tenant, tenant.contractor, 'reject', [tenant.mailbox.localPart])
    assert.isNull(await heldBy(tenant, tenant.user, tenant.mailbox))
    assert.isNull(await heldBy(tenant, tenant.admin, tenant.mailbox))
    assert.equal(await heldBy(tenant, other.account, other.mailbox), 'contractor')
    assert.equal(await heldBy(tenant, tenant.admin, other.mailbox), 'contractor')
  })

  test('USR-08: a domain admin who is left out may change the settings of all', async ({
    assert,
  }) => {
    const tenant = await makeTenant()
    await impose(tenant, tenant.contractor, 'spam_check', ['admin'])
    assert.isNull(await heldBy(tenant, tenant.admin, tenant.mailbox, 'spam_check'))
    assert.equal(await heldBy(tenant, tenant.user, tenant.mailbox, 'spam_check'), 'contractor')
    assert.isTrue(await tenant.domain.mail.setAllowedSenders(['a@b.jp'], actor(tenant.admin)))
  })

  test('USR-08: whom one level leaves out, the other still restricts', async ({ assert }) => {
    const tenant = await makeTenant()
    await impose(tenant, tenant.contractor, 'reject', [tenant.mailbox.localPart])
    await impose(tenant, tenant.admin, 'reject')
    assert.equal(await heldBy(tenant, tenant.user, tenant.mailbox), 'domain_admin')
    await Restriction.lift(tenant.domain, 'reject', actor(tenant.admin))
    assert.isNull(await heldBy(tenant, tenant.user, tenant.mailbox))
  })

  test('USR-08: each lifts his own', async ({ assert }) => {
    const tenant = await makeTenant()
    await impose(tenant, tenant.contractor, 'reject')
    assert.isFalse(await Restriction.lift(tenant.domain, 'reject', actor(tenant.admin)))
    assert.equal(await heldBy(tenant, tenant.admin, tenant.mailbox), 'contractor')
    assert.isTrue(await Restriction.lift(tenant.domain, 'reject', actor(tenant.contractor)))
    assert.isNull(await heldBy(tenant, tenant.admin, tenant.mailbox))
  })

  test('USR-08: a restriction holds in its own domain only', async ({ assert }) => {
    const one = await makeTenant()
    const other = await makeTenant()
    await impose(one, one.contractor, 'reject')
    assert.isNull(await heldBy(other, other.user, other.mailbox))
  })

  test('USR-08: asking is one query, whoever is left out; for the contractor none', async ({
    assert,
  }) => {
    const tenant = await makeTenant()
    for (const feature of features.filter((each) => each !== 'ssh'))
      await impose(tenant, tenant.contractor, feature, ['admin', tenant.mailbox.localPart])
    assert.equal(await queriesOf(() => Restrictions.of(tenant.domain, actor(tenant.user))), 1)
    assert.equal(await queriesOf(() => Restrictions.of(tenant.domain, actor(tenant.contractor))), 0)
  })

  test('USR-08: who is left out must be a user of the domain', async ({ assert }) => {
    const tenant = await makeTenant()
    const other = await makeTenant()
    const name = other.mailbox.localPart
    await assert.rejects(() => impose(tenant, tenant.contractor, 'reject', [name]), /are_unknown/)
    assert.lengthOf(await Restriction.all(), 0)
  })

  test('USR-08: a list that somebody else changed meanwhile is not overwritten', async ({
    assert,
  }) => {
    const { domain, contractor, mailbox } = await makeTenant()
    const by = actor(contractor)
    await Restriction.impose(domain, 'reject', { exempt: [mailbox.localPart] }, by)
    const stale = { exempt: ['admin'], seen: 'another' }
    await assert.rejects(() => Restriction.impose(domain, 'reject', stale, by), /meanwhile/)
    const restriction = await Restriction.firstOrFail()
    assert.deepEqual(await restriction.exempt(), [mailbox.localPart])
  })

  test('USR-08: what was so already leaves no line, and only SSH is the server’s business', async ({
    assert,
  }) => {
    const tenant = await makeTenant()
    assert.isTrue(await impose(tenant, tenant.contractor, 'reject'))
    assert.isFalse(await impose(tenant, tenant.contractor, 'reject'))
    assert.lengthOf(await OperationLog.query().where('action', 'reject_restriction.update'), 1)
    assert.lengthOf(await Task.query().where('server_id', tenant.server.id), 0)
    await impose(tenant, tenant.contractor, 'ssh')
    assert.lengthOf(await Task.query().where('server_id', tenant.server.id), 1)
  })

  test('USR-08: what leaves takes its restrictions along', async ({ assert }) => {
    const tenant = await makeTenant()
    await impose(tenant, tenant.contractor, 'reject', ['admin', tenant.mailbox.localPart])
    await tenant.mailbox.remove(actor(tenant.contractor))
    const restriction = await Restriction.firstOrFail()
    assert.deepEqual(await restriction.exempt(), ['admin'])
    await tenant.domain.remove(actor(tenant.contractor))
    assert.lengthOf(await Restriction.all(), 0)
  })

  test('SSH-03: only the contractor restricts SSH, which users do not have', ({ assert }) => {
    assert.include(featuresOf('contractor'), 'ssh')
    assert.notInclude(featuresOf('domain_admin'), 'ssh')
    assert.isFalse(isRestrictable('everything', 'contractor'))
  })
})

/** Every verb that people change a user with, what it asks for, and a change that it would make. */
const verbs: Record<string, [Feature | null, (mailbox: Mailbox, by: Account) => Promise<unknown>]> =
  {
    edit: [null, (mailbox, by) => mailbox.edit({ quotaMb: 77 }, actor(by))],
    setVirusWarning: ['virus_warning', (mailbox, by) => mailbox.setVirusWarning(false, actor(by))],
    setSpamCheck: [
      'spam_check',
      (mailbox, by) =>
        mailbox.setSpamCheck({ on: true, level: 'strict', action: 'delete' }, actor(by)),
    ],
    setUserScript: ['user_script', (mailbox, by) => mailbox.setUserScript(true, actor(by))],
    setFtpRight: [null, (mailbox, by) => mailbox.setFtpRight(true, actor(by))],
    setVacation: [
      null,
      (mailbox, by) =>
        mailbox.setVacation(
          { on: true, subject: 'a', text: 'b', from: null, until: null },
          actor(by)
        ),
    ],
    unlockSending: [null, (mailbox, by) => mailbox.unlockSending(actor(by))],
    setSenders: ['reject', (mailbox, by) => mailbox.setSenders('reject', ['a.jp'], actor(by))],
    allowSenders: ['spam_check', (mailbox, by) => mailbox.allowSenders(['a.jp'], actor(by))],
    setForwarding: [
      'forwarding',
      (mailbox, by) => mailbox.setForwarding({ to: ['a@b.jp'], keep: true }, actor(by)),
    ],
    remove: [null, (mailbox, by) => mailbox.remove(actor(by))],
  }

/** The same verb, asked for something else. */
const more: [Feature, (tenant: Tenant, by: Account) => Promise<unknown>][] = [
  ['description', ({ mailbox }, by) => mailbox.edit({ description: 'x' }, actor(by))],
  ['password', ({ mailbox }, by) => mailbox.edit({ passwordHash: 'x' }, actor(by))],
  ['password', (_, by) => by.changePassword('x', actor(by))],
  ['spam_check', ({ mailbox }, by) => mailbox.setSenders('allow', ['a.jp'], actor(by))],
]

async function stateOf(mailbox: Mailbox) {
  const row = await Mailbox.query().where('id', mailbox.id).pojo().first()
  const rows = await Promise.all(
    ['mail_senders', 'mailbox_forwards'].map((table) =>
      Mailbox.query().client.from(table).where('mailbox_id', mailbox.id)
    )
  )
  const { password } = (await mailbox.related('account').query().firstOrFail()) as Account
  return JSON.stringify([row, rows, password])
}

/** Name and parameters. */
function headOf(method: unknown) {
  return String(method).split(/\) \{\n/)[0]
}

test.group('Verbs of a user', (group) => {
  group.each.setup(() => testUtils.db().wrapInGlobalTransaction())

  test('USR-08: every verb says whether it can be restricted, and is tried here', ({ assert }) => {
    const methods = Object.entries(Object.getOwnPropertyDescriptors(Mailbox.prototype))
      .filter(([name, { value }]) => typeof value === 'function' && name !== 'constructor')
      .filter(([, { value }]) => /\bactor\b/.test(headOf(value)))
      .map(([name]) => name)
    assert.sameMembers(
      methods.filter((name) => !['set', 'change'].includes(name)),
      Object.keys(verbs)
    )
    const asked = [...Object.values(verbs), ...more].map(([feature]) => feature)
    for (const feature of featuresOf('domain_admin')) assert.include(asked, feature)
  })

  const cases = [
    ...Object.entries(verbs).map(
      ([name, [feature, call]]) =>
        [name, feature, (tenant: Tenant, by: Account) => call(tenant.mailbox, by)] as const
    ),
    ...more.map(([feature, call]) => [`what asks for ${feature}`, feature, call] as const),
  ]
  for (const [index, [name, feature, call]] of cases.entries()) {
    test(`USR-08: ${index} ${name} is refused where it is restricted, and nothing else is`, async ({
      assert,
    }) => {
      const tenant = await makeTenant()
      const { mailbox, user } = tenant
      for (const each of featuresOf('domain_admin'))
        if (each !== feature) await impose(tenant, tenant.admin, each)
      if (feature) {
        await impose(tenant, tenant.admin, feature)
        const before = await stateOf(mailbox)
        const refusal = await call(tenant, user).then(
          () => null,
          (error: unknown) => error
        )
        assert.instanceOf(refusal, Refusal)
        assert.equal((refusal as Refusal).key, 'restricted')
        assert.deepEqual((refusal as Refusal).data, { level: 'domain_admin', role: 'mailbox' })
        assert.equal(await stateOf(mailbox), before)
        assert.lengthOf(await OperationLog.query().where('succeeded', false), 1)
        assert.lengthOf(await Task.query().where('server_id', tenant.server.id), 0)
        await Restriction.lift(tenant.domain, feature, actor(tenant.admin))
      }
      await call(tenant, user)
      assert.lengthOf(await Task.query().where('server_id', tenant.server.id), 1)
    })
  }

  test('USR-08: the domain’s whitelist is the spam check of all its users', async ({ assert }) => {
    const tenant = await makeTenant()
    await impose(tenant, tenant.contractor, 'spam_check', [tenant.mailbox.localPart])
    const set = (by: Account) => tenant.domain.mail.setAllowedSenders(['a@b.jp'], actor(by))
    await assert.rejects(() => set(tenant.admin), /restricted/)
    assert.isTrue(await set(tenant.contractor))
  })
})
