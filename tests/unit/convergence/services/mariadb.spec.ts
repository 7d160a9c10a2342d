import { test } from '@japa/runner'
import type { DatabaseLevel, DesiredDatabaseUser, DesiredDomain } from '#convergence/desired_server'
import type { DatabaseUserResource, FileResource, TableResource } from '#convergence/resource'
import { mariadb } from '#convergence/services/mariadb/index'
import { NotWritable } from '#convergence/syntax/not_writable'
import { toDatabaseName } from '#convergence/syntax/names'
import { desiredDomain, desiredServer } from '#tests/unit/convergence/services/desired'

const shop = { name: toDatabaseName('d7_shop'), charset: 'utf8mb4' } as const
const hash = `*${'A1'.repeat(20)}`

function userOf(name: string, level: DatabaseLevel = 'all'): DesiredDatabaseUser {
  return {
    name: toDatabaseName(`d7_${name}`),
    passwordHash: hash,
    rights: [{ database: shop.name, level }],
  }
}

const domainOf = (changes: Partial<DesiredDomain>) =>
  desiredDomain(7, { databases: [shop], databaseUsers: [userOf('shop')], ...changes })

const resourcesOf = (domain: DesiredDomain) =>
  mariadb.domainResources(domain, desiredServer([domain]))

function usersOf(domain: DesiredDomain) {
  return resourcesOf(domain).filter(
    (one): one is DatabaseUserResource => one.kind === 'database_user'
  )
}

test.group('Databases of a domain', () => {
  test('WEB-04: a domain without databases leaves nothing in MariaDB', ({ assert }) => {
    assert.isEmpty(resourcesOf(desiredDomain(7)))
  })

  test('WEB-04: what a level means; nobody gets FILE, PROCESS, SUPER, EVENT or may pass rights on', ({
    assert,
  }) => {
    const rights = (level: DatabaseLevel) =>
      usersOf(domainOf({ databaseUsers: [userOf('shop', level)] })).at(-1)!.rights[0][1]
    assert.deepEqual(rights('read'), ['SELECT', 'SHOW VIEW'])
    assert.includeMembers([...rights('write')], ['DELETE', 'INSERT', 'SELECT', 'UPDATE'])
    assert.notInclude(rights('write'), 'DROP')
    assert.includeMembers([...rights('all')], ['ALTER', 'CREATE', 'DROP', 'INDEX', 'TRIGGER'])
    for (const level of ['read', 'write', 'all'] as const) {
      for (const never of ['FILE', 'PROCESS', 'SUPER', 'EVENT', 'GRANT OPTION']) {
        assert.notInclude(rights(level), never)
      }
      assert.deepEqual([...rights(level)], rights(level).toSorted())
    }
  })

  test("WEB-04: only the domain's own Unix account signs in as the owner of a database", ({
    assert,
  }) => {
    const [owner] = usersOf(domainOf({}))
    assert.equal(owner.name, 'd7_shop.owner')
    assert.deepEqual(owner.auth, [['unix_socket', 'd7']])
    assert.deepEqual(
      owner.rights.map(([database]) => database),
      [shop.name]
    )
  })

  test('WEB-04: in a suspended domain every account is locked', ({ assert }) => {
    assert.isTrue(usersOf(domainOf({ suspended: true })).every(({ locked }) => locked))
    assert.isFalse(usersOf(domainOf({})).some(({ locked }) => locked))
  })

  test('WEB-04: the connections of a domain are shared by its users, and each has some', ({
    assert,
  }) => {
    for (const count of [1, 2, 5, 20]) {
      const databaseUsers = Array.from({ length: count }, (_, index) => userOf(`u${index}`))
      const users = usersOf(domainOf({ databases: [], databaseUsers }))
      const total = users.reduce((sum, { connections }) => sum + connections, 0)
      assert.isAtMost(total, 60)
      assert.isTrue(users.every(({ connections }) => connections >= 3))
    }
  })

  test('WEB-04: a hash that is none, and names of another shape, stop everything', ({ assert }) => {
    const databaseUsers = [{ ...userOf('shop'), passwordHash: "*x' or '1" }]
    assert.throws(() => resourcesOf(domainOf({ databaseUsers })), NotWritable)
    for (const name of [
      'mysql',
      'd7_',
      "d7_a'b",
      'd7_`',
      'D7_a',
      'd7_a.owner',
      'd7_a\n',
      'd0_a',
      'd7__a',
    ]) {
      assert.throws(() => toDatabaseName(name), NotWritable)
    }
  })

  test('PNL-05: who watches the room knows what everybody should have, and no password', ({
    assert,
  }) => {
    const table = resourcesOf(domainOf({})).find(
      (one): one is TableResource => one.kind === 'table'
    )!
    const [[key, value]] = table.rows
    assert.equal(key, 'd7')
    assert.deepInclude(JSON.parse(value), { uid: 20007, quotaMb: 500 })
    assert.notInclude(value, hash)
  })

  test('REL-01: only a changed configuration restarts MariaDB, and only after its own check', ({
    assert,
  }) => {
    const server = desiredServer([])
    const all = mariadb.serverResources(server)
    const conf = all.find(
      (one): one is FileResource => one.kind === 'file' && one.path.endsWith('.cnf')
    )!
    const change = (resource: (typeof all)[number]) =>
      [{ action: 'update', scope: 'server', key: 'x', resource }] as const
    assert.include(JSON.stringify(mariadb.activations(change(conf), server)), 'restart')
    assert.lengthOf(mariadb.checks(change(conf), server), 1)
    for (const one of resourcesOf(domainOf({}))) {
      assert.isEmpty(mariadb.activations(change(one), server))
      assert.isEmpty(mariadb.checks(change(one), server))
    }
    for (const line of ['bind_address = 127.0.0.1', 'local_infile = OFF', 'symbolic_links = OFF']) {
      assert.include(conf.content, line)
    }
  })
})
