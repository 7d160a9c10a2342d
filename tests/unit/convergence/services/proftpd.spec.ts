import { test } from '@japa/runner'
import type { DesiredDomain, DesiredMailbox } from '#convergence/desired_server'
import type { FileResource, TableResource } from '#convergence/resource'
import type { Change } from '#convergence/service'
import { dovecot } from '#convergence/services/dovecot/index'
import { userDatabase } from '#convergence/services/dovecot/users'
import { proftpd } from '#convergence/services/proftpd/index'
import { toLocalPart } from '#convergence/syntax/names'
import { desiredDomain, desiredServer } from '#tests/unit/convergence/services/desired'

const domain = desiredDomain(7)
const [admin] = domain.mailboxes
const user = (name: string, changes: Partial<DesiredMailbox> = {}): DesiredMailbox => ({
  ...admin,
  ...{ id: 71, uid: 30071, localPart: toLocalPart(name), ftpRight: false },
  ...changes,
})
const domainOf = (...users: DesiredMailbox[]) => ({ ...domain, mailboxes: [admin, ...users] })

function homesOf(of: DesiredDomain): TableResource {
  const [table] = proftpd.domainResources(of, desiredServer([of]))
  return table as TableResource
}

const contentOf = (path: string) =>
  proftpd
    .serverResources(desiredServer([]))
    .find((one): one is FileResource => one.kind === 'file' && one.path === path)!.content
const conf = contentOf('/etc/tsukasa/ftp/proftpd.conf')

const changeOf = (of: DesiredDomain, action: Change['action'] = 'update') =>
  ({ action, scope: `domain:${of.id}`, key: 'x', resource: homesOf(of) }) as const

test.group('FTP of a server', () => {
  test('WEB-05: a user who was added adds no row here', ({ assert }) => {
    assert.deepEqual(homesOf(domainOf(user('taro'))).rows, homesOf(domain).rows)
    assert.equal(homesOf(domain).database, userDatabase)
  })

  test("WEB-05: the domain admin and who has the right see the domain's tree", ({ assert }) => {
    const { rows } = homesOf(domainOf(user('taro', { ftpRight: true })))
    assert.deepEqual(
      rows.map(([address, value]) => [address, JSON.parse(value).root]),
      [
        ['admin@site7.example.jp', '/data/domain/site7.example.jp'],
        ['taro@site7.example.jp', '/data/domain/site7.example.jp'],
      ]
    )
    assert.notInclude(JSON.stringify(rows), admin.passwordHash)
  })

  test('WEB-05: who has the right and is suspended has no tree', ({ assert }) => {
    const taro = user('taro', { ftpRight: true, suspended: true })
    const { rows } = homesOf(domainOf(taro))
    assert.deepEqual(rows[1], ['taro@site7.example.jp', '{"root":null}'])
  })

  test('WEB-05: sessions in the tree end with the right and with the password that opened them', ({
    assert,
  }) => {
    const before = homesOf(domain).rows
    const changed = { ...admin, passwordHash: `$2b$10$${'c'.repeat(53)}` }
    assert.notDeepEqual(homesOf({ ...domain, mailboxes: [changed] }).rows, before)
    const [{ argv }, ...others] = proftpd.activations([changeOf(domain)], desiredServer([domain]))
    assert.isEmpty(others)
    assert.equal(argv.at(-1), '20007')
    assert.isEmpty(proftpd.activations([changeOf(domain, 'create')], desiredServer([domain])))
  })

  test('WEB-05: who is suspended is out, and nobody else of his domain but the tree', ({
    assert,
  }) => {
    const of = domainOf(user('taro', { suspended: true }), user('hanako', { id: 72, uid: 30072 }))
    const [{ argv }] = proftpd.activations([changeOf(of)], desiredServer([of]))
    assert.equal(argv.at(-1), '20007,30071')
  })

  test('REL-04: nothing of root is left after signing in, and SITE has no modules', ({
    assert,
  }) => {
    assert.match(conf, /^RootRevoke on$/m)
    assert.match(conf, /^DefaultRoot ~$/m)
    assert.match(conf, /^AllowChrootSymlinks off$/m)
    const modules = [...conf.matchAll(/^LoadModule (.*)$/gm)].map(([, name]) => name)
    assert.deepEqual(modules, ['mod_ls.c', 'mod_xfer.c', 'mod_delay.c', 'mod_tls.c'])
    assert.notInclude(conf, 'Include')
  })

  test('REL-04: the client opens all connections, to ports that NET-03 knows', ({ assert }) => {
    assert.match(conf, /^<Limit PORT EPRT>\n {2}DenyAll$/m)
    assert.match(conf, /^AllowForeignAddress off$/m)
    assert.match(conf, /^PassivePorts 10000 10999$/m)
  })

  test('REL-04: no file of FTP has passwords; Dovecot is asked over a socket of root', ({
    assert,
  }) => {
    assert.match(conf, /^AuthOrder mod_auth_pam\.c\* mod_auth_file\.c$/m)
    assert.include(contentOf('/etc/pam.d/tsukasa-ftp'), 'password.py /run/dovecot/ftp\n')
    const told = dovecot
      .serverResources(desiredServer([]))
      .flatMap((one) => (one.kind === 'file' ? [one.content] : []))
      .join('\n')
    assert.match(told, /unix_listener ftp \{\n\s+mode = "0600"\n\s+user = "root"\n\s+\}/)
  })

  test('REL-03: a configuration is checked and probed; a user changes neither', ({ assert }) => {
    const server = desiredServer([domain])
    const resources = proftpd.serverResources(server)
    const path = '/etc/tsukasa/ftp/proftpd.conf'
    const resource = resources.find((one) => one.kind === 'file' && one.path === path)!
    const change = { action: 'update', scope: 'server', key: 'x', resource } as const
    const [{ argv }] = proftpd.checks([change], server)
    assert.include(argv.join(' '), 'exec proftpd -t -c')
    assert.equal(argv.at(-1), path)
    assert.lengthOf(proftpd.probes([change], server), 1)
    assert.isEmpty(proftpd.activations([change], server))
    assert.isEmpty(proftpd.checks([changeOf(domain)], server))
    assert.isEmpty(proftpd.probes([changeOf(domain)], server))
  })
})
