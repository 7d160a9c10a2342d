import { test } from '@japa/runner'
import type { DesiredDomain } from '#convergence/desired_server'
import type { Resource, TableResource } from '#convergence/resource'
import { dovecot } from '#convergence/services/dovecot/index'
import { toLocalPart } from '#convergence/syntax/names'
import { desiredDomain, desiredServer } from '#tests/unit/convergence/services/desired'

const domain = desiredDomain(7)
const [admin] = domain.mailboxes
const taro = {
  ...admin,
  id: 71,
  uid: 30071,
  localPart: toLocalPart('taro'),
  quotaMb: 0,
  suspended: true,
}
const withTaro = { ...domain, mailboxes: [taro, admin] }

function tableOf(name: string, of: DesiredDomain): TableResource {
  const found = dovecot
    .domainResources(of, desiredServer([of]))
    .find((one): one is TableResource => one.kind === 'table' && one.table === name)
  return found!
}

function activations(of: DesiredDomain, resource: Resource) {
  const change = { action: 'update', scope: `domain:${of.id}`, key: 'x', resource } as const
  return dovecot.activations([change], desiredServer([of])).map(({ argv }) => argv.join(' '))
}

test.group('Dovecot of a server', () => {
  test("MAIL-01: a mailbox is a row with its own uid, its domain's gid, home and quota", ({
    assert,
  }) => {
    const [[address, value]] = tableOf('users', domain).rows
    assert.equal(address, 'admin@site7.example.jp')
    assert.deepEqual(JSON.parse(value), {
      uid: 30007,
      gid: 20007,
      home: '/data/domain/site7.example.jp/home/admin',
      quota: '100M',
      sieve: '/var/lib/tsukasa/sieve/spam-10-tag.sieve',
    })
  })

  test('PNL-05: a quota of 0 is no limit of its own', ({ assert }) => {
    const [, [, value]] = tableOf('users', withTaro).rows
    assert.equal(JSON.parse(value).quota, '0')
  })

  test('REL-04: password hashes are secret', ({ assert }) => {
    assert.isTrue(tableOf('passwords', domain).secret)
    assert.deepEqual(tableOf('passwords', domain).rows, [
      ['admin@site7.example.jp', admin.passwordHash],
    ])
  })

  test('who is suspended has no password and is signed out; his mail waits for him', ({
    assert,
  }) => {
    const passwords = tableOf('passwords', withTaro)
    assert.deepEqual(
      passwords.rows.map(([address]) => address),
      ['admin@site7.example.jp']
    )
    assert.lengthOf(tableOf('users', withTaro).rows, 2)
    assert.deepEqual(activations(withTaro, passwords), ['doveadm kick taro@site7.example.jp'])
  })

  test('a suspended domain signs nobody in', ({ assert }) => {
    const suspended = { ...withTaro, suspended: true }
    assert.isEmpty(tableOf('passwords', suspended).rows)
    assert.deepEqual(activations(suspended, tableOf('passwords', suspended)), [
      'doveadm kick *@site7.example.jp',
    ])
  })

  test('REL-02: a mailbox, a password or a domain reloads nothing', ({ assert }) => {
    for (const resource of dovecot.domainResources(domain, desiredServer([domain])))
      assert.isEmpty(activations(domain, resource))
  })

  test('MAIL-02: passwords only inside TLS, from this machine too', ({ assert }) => {
    const [conf] = dovecot
      .serverResources(desiredServer([]))
      .flatMap((one) => (one.kind === 'file' ? [one.content] : []))
    assert.include(conf, '\nssl = "required"\n')
    assert.include(conf, '\nauth_allow_cleartext = no\n')
    assert.include(conf, '\nssl_min_protocol = "TLSv1.2"\n')
    assert.include(conf, '\nauth_cache_size = 0\n')
  })

  test('MAIL-01: the same address twice is refused', ({ assert }) => {
    assert.throws(() => tableOf('users', { ...domain, mailboxes: [admin, admin] }), /refused/)
  })
})
