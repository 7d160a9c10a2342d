import { test } from '@japa/runner'
import type { DesiredDomain, DesiredMailbox } from '#convergence/desired_server'
import type { Resource, TableResource } from '#convergence/resource'
import type { Change } from '#convergence/service'
import { mailPolicy } from '#convergence/services/mail_policy/index'
import { firewall } from '#convergence/services/firewall/index'
import { srs } from '#convergence/services/srs/index'
import { toEmailAddress, toLocalPart, toSenderPattern } from '#convergence/syntax/names'
import { desiredDomain, desiredServer } from '#tests/unit/convergence/services/desired'

const domain = desiredDomain(7)
const server = desiredServer([domain])
const [admin] = domain.mailboxes

function rowsOf(table: string, of: DesiredDomain) {
  const found = mailPolicy
    .domainResources(of, desiredServer([of]))
    .find((one): one is TableResource => one.kind === 'table' && one.table === table)
  return Object.fromEntries(found!.rows.map(([key, value]) => [key, JSON.parse(value)]))
}

const withUsers = (...mailboxes: Partial<DesiredMailbox>[]) => ({
  ...domain,
  mailboxes: mailboxes.map((one) => ({ ...admin, ...one })),
})

const contentOf = (resources: readonly Resource[], path: string) => {
  const found = resources.find((one) => 'path' in one && one.path.endsWith(path))
  return found?.kind === 'file' ? found.content : ''
}

const changeOf = (resource: Resource, action: Change['action']): Change => ({
  ...{ action, scope: 'server', key: 'x', resource },
})

test.group('The policy of a mail server', () => {
  test('MAIL-08: a user for whom nothing was set has no row', ({ assert }) => {
    assert.deepEqual(rowsOf('rejected', domain), {})
    assert.deepEqual(rowsOf('allowed', domain), {})
    assert.deepEqual(rowsOf('unlocked', domain), {})
  })

  test("MAIL-08: a user's list is one row; the admin's counts for his other names (MAIL-01)", ({
    assert,
  }) => {
    const list = ['bulk.example.com', 'x@spam.example.com'].map(toSenderPattern)
    const one = withUsers({ localPart: toLocalPart('taro'), rejectedSenders: list })
    assert.deepEqual(rowsOf('rejected', one), { 'taro@site7.example.jp': list })
    assert.deepEqual(Object.keys(rowsOf('rejected', withUsers({ rejectedSenders: list }))), [
      'admin@site7.example.jp',
      'postmaster@site7.example.jp',
      'webmaster@site7.example.jp',
    ])
  })

  test('MAIL-05: what the domain allows is a row of the domain', ({ assert }) => {
    const list = [toSenderPattern('192.0.2.0/24')]
    assert.deepEqual(rowsOf('allowed', { ...domain, allowedSenders: list }), {
      'site7.example.jp': list,
    })
  })

  test('MAIL-11: limits are a row of the domain, an unlocked account one of its own', ({
    assert,
  }) => {
    const limits = { hour: 300, day: 2000 }
    const programs = 'd7@msv000001.example.jp'
    assert.deepEqual(rowsOf('limits', domain), { 'site7.example.jp': limits, [programs]: limits })
    assert.deepEqual(rowsOf('programs', domain), { 'site7.example.jp': programs })
    assert.deepEqual(rowsOf('unlocked', withUsers({ sendingUnlockedAt: 1_800_000_000 })), {
      'admin@site7.example.jp': 1_800_000_000,
    })
    assert.deepEqual(rowsOf('unlocked', { ...domain, programsUnlockedAt: 1_800_000_001 }), {
      [programs]: 1_800_000_001,
    })
  })

  test('MAIL-11: who forwards or answers has a row by his uid, in the order of his script', ({
    assert,
  }) => {
    assert.deepEqual(rowsOf('forwarding', domain), {})
    const to = ['a@example.net', 'taro@site7.example.jp', 'b@example.net'].map(toEmailAddress)
    const vacation = { subject: '', text: 'b', from: null, until: null }
    const one = withUsers(
      { localPart: toLocalPart('taro'), uid: 30071, forward: { to, keep: false } },
      { localPart: toLocalPart('jiro'), uid: 30072, vacation }
    )
    assert.deepEqual(rowsOf('forwarding', one), {
      30071: { mailbox: 'taro@site7.example.jp', to: ['a@example.net', 'b@example.net'] },
      30072: { mailbox: 'jiro@site7.example.jp', to: [] },
    })
  })

  test('REL-02: rows activate nothing; a new program or unit restarts it, the socket stays', ({
    assert,
  }) => {
    const rows = mailPolicy.domainResources(domain, server).map((one) => changeOf(one, 'update'))
    assert.isEmpty(mailPolicy.activations(rows, server))
    assert.isEmpty(mailPolicy.checks(rows, server))
    const files = mailPolicy.serverResources(server).filter(({ kind }) => kind === 'file')
    assert.isEmpty(
      mailPolicy.activations(
        files.map((one) => changeOf(one, 'create')),
        server
      )
    )
    assert.deepEqual(
      mailPolicy
        .activations([changeOf(files[0]!, 'update')], server)
        .map(({ argv }) => argv.join(' ')),
      ['systemctl daemon-reload', 'systemctl try-restart tsukasa-mail-policy.service']
    )
    const [socket] = files.filter((one) => 'path' in one && one.path.endsWith('.socket'))
    const change = { ...changeOf(socket!, 'update'), key: 'file:/x.socket' }
    assert.deepEqual(mailPolicy.activations([change], server)[1]?.argv, [
      ...['systemctl', 'restart'],
      ...['tsukasa-mail-policy.socket', 'tsukasa-mail-policy.service'],
    ])
  })

  test('REL-04: the program has an account of its own and no capability', ({ assert }) => {
    const unit = contentOf(mailPolicy.serverResources(server), 'tsukasa-mail-policy.service')
    for (const line of ['User=tsukasa-policy', 'CapabilityBoundingSet=', 'NoNewPrivileges=yes'])
      assert.include(unit.split('\n'), line)
    const socket = contentOf(mailPolicy.serverResources(server), 'tsukasa-mail-policy.socket')
    assert.match(socket, /^SocketUser=postfix\nSocketGroup=spamass-milter\nSocketMode=0660$/m)
  })

  test('MAIL-07: only Postfix reaches the rewriting of senders, which has a secret of its own', ({
    assert,
  }) => {
    const rules = contentOf(firewall.serverResources(server), 'nftables.conf')
    assert.match(rules, /tcp dport { 10001, 10002 } meta skuid != { 0, postfix } counter reject/)
    const unit = contentOf(srs.serverResources(server), 'tsukasa-srs.service')
    assert.include(unit, '-s /var/lib/tsukasa-srs/secret')
    assert.notInclude(unit, '/etc/postsrsd.secret')
  })
})
