import { randomUUID } from 'node:crypto'
import { test } from '@japa/runner'
import { DateTime } from 'luxon'
import EndDomainDeletions from '#jobs/end_domain_deletions'
import Account from '#models/account'
import Domain from '#models/domain'
import DomainDeletion from '#models/domain_deletion'
import Mailbox from '#models/mailbox'
import Server from '#models/server'
import { canSignIn, curl, submit } from '#tests/mail/clients'
import { deliver, messages } from '#tests/mail/delivery'
import { signIn } from '#tests/servers/ftp/client'
import { testPassword, testServer, type TestServer } from '#tests/support/test_server'

/** How each kind of name is typed (DOM-01, DOM-02). */
const kinds = {
  'an own domain': 'namae-test.jp',
  'a Japanese name': '名前のテスト.jp',
  'a subdomain of an own one': 'mise.namae-test.jp',
  'a ready domain': 'namae-test.smc-msv.jp',
}

/** What curl, looking the name up nowhere, gets from the server: its status and the body. */
async function visit(server: TestServer, host: string) {
  const status = ['--write-out', '\n%{http_code}', '--resolve', `${host}:80:${server.address}`]
  const { body } = await curl([...status, `http://${host}/mark.txt`])
  const [text, code] = [body.slice(0, body.lastIndexOf('\n')), body.slice(-3)]
  return code === '200' ? text : code
}

const namesOf = ({ name, testName }: Domain) => [name, `www.${name}`, testName]

test.group('Domains of a real server, by curl', (group) => {
  let server: TestServer
  const domains: Domain[] = []

  group.setup(async () => {
    server = await testServer()
    for (const typed of Object.values(kinds)) domains.push(await add(typed))
    await server.converge()
    for (const domain of domains) await publish(domain, domain.name)
  })

  /** The name as a customer types it; without a converge, so that several land in one. */
  async function add(typed: string) {
    const ascii = new URL(`http://${typed}`).hostname
    const kind = typed.endsWith('.smc-msv.jp') ? 'ready' : 'own'
    const wish = { kind, name: { ascii, unicode: typed } } as const
    const adminPasswordHash = await Account.hashSshPassword(testPassword)
    const home = await Server.findOrFail(server.server.id)
    const domain = await Domain.add(
      home,
      { ...wish, quotaMb: 256, adminPasswordHash },
      server.actor
    )
    return domain.refresh()
  }

  /** As the domain's own account, as by SFTP. */
  async function publish({ uid, root }: Domain, text: string, place = 'html/mark.txt') {
    const who = ['--reuid', `${uid}`, '--regid', `${uid}`, '--clear-groups']
    const { status } = await server.exec(['setpriv', ...who, 'tee', `${root}/${place}`], text)
    if (status !== 0) throw new Error(`${place} was not written`)
  }

  for (const [index, kind] of Object.keys(kinds).entries()) {
    test(`DOM-01, DOM-02, DOM-03: ${kind} answers at its name, with www and at its test domain`, async ({
      assert,
    }) => {
      const domain = domains[index]
      assert.match(domain.testName, /^[a-z0-9]{10}\.mngsv\.biz$/)
      for (const host of namesOf(domain)) assert.equal(await visit(server, host), domain.name, host)
    })
  }

  test('DOM-03: nobody else’s test domain leads to a site, and neither does a name nobody has', async ({
    assert,
  }) => {
    for (const host of ['bcdfghjkmn.mngsv.biz', 'nobody.smc-msv.jp', 'smc-msv.jp', 'mngsv.biz'])
      assert.equal(await visit(server, host), '404', host)
  })

  test('DOM-01: names are found in upper case, with a dot behind, and not by half', async ({
    assert,
  }) => {
    const [{ name }] = domains
    assert.equal(await visit(server, name.toUpperCase()), name)
    const dotted = await server.http(`${name}.`, '/mark.txt')
    assert.equal(dotted.body, name)
    for (const host of [`x.${name}`, name.slice(1), `${name}.evil.example.com`])
      assert.equal(await visit(server, host), '404', host)
  })

  test('DOM-01: every kind of domain is suspended and resumed, with all its names', async ({
    assert,
  }) => {
    const answers = async () => {
      const all = domains.flatMap((domain) => namesOf(domain).map((host) => visit(server, host)))
      return [...new Set(await Promise.all(all))]
    }
    for (const domain of domains) await domain.suspend(server.actor)
    await server.converge()
    assert.deepEqual(await answers(), ['503'])
    for (const domain of domains) await domain.resume(server.actor)
    await server.converge()
    assert.sameMembers(
      await answers(),
      domains.map(({ name }) => name)
    )
  })

  test('DOM-05: a deleted domain stops at once, with its mail and its people, and comes back whole', async ({
    assert,
  }) => {
    const [, domain] = domains
    const user = `taro@${domain.name}`
    const passwordHash = await Account.hashPassword(testPassword)
    await Mailbox.add(domain, { localPart: 'taro', passwordHash }, server.actor)
    await server.converge()
    const subject = randomUUID()
    assert.match(await deliver(server, { to: user, subject }), /^250/)

    await DomainDeletion.request(domain, server.actor)
    await server.converge()
    for (const host of namesOf(domain)) assert.equal(await visit(server, host), '503', host)
    const from = 'somebody@elsewhere.example.com'
    const { answer } = await submit(server.address, { port: 25, from, to: user })
    assert.match(answer, /^4/)
    const reader = { address: server.address, door: 'imaps' } as const
    assert.isFalse(await canSignIn(user, reader))
    assert.notMatch(await signIn(server, { as: user }), /^230/)
    assert.equal(await visit(server, domains[0].name), domains[0].name)

    const deletion = await DomainDeletion.findByOrFail('domainId', domain.id)
    await deletion.load('domain')
    await deletion.restore(server.actor)
    await server.converge()
    for (const host of namesOf(domain)) assert.equal(await visit(server, host), domain.name, host)
    const [message] = await messages(server, user, { atLeast: 1 })
    assert.include(message, subject)
    assert.match(await signIn(server, { as: user }), /^230/)
  })

  test('DOM-05: one that had been suspended comes back suspended', async ({ assert }) => {
    const [, , domain] = domains
    await domain.suspend(server.actor)
    await DomainDeletion.request(domain, server.actor)
    await server.converge()
    const deletion = await DomainDeletion.findByOrFail('domainId', domain.id)
    await deletion.load('domain')
    await deletion.restore(server.actor)
    await server.converge()
    assert.equal(await visit(server, domain.name), '503')
    await domain.resume(server.actor)
    await server.converge()
    assert.equal(await visit(server, domain.name), domain.name)
  })

  /** Where on the server something speaks of it, besides logs of what happened. */
  async function tracesOf({ name, testName, unixName }: Domain) {
    // The list of FTP users is written anew for whoever connects next
    await signIn(server, { as: `admin@${domains[0].name}` })
    const words = [name, testName].flatMap((word) => ['-e', word])
    const places = ['/etc', '/data', '/var/lib', '/var/spool', '/run', '/home', '/root']
    const texts = await server.exec(['grep', '-rslIF', ...words, ...places])
    const own = `.*/([^/]*[^a-z0-9/])?${unixName}([^0-9a-z/][^/]*)?`
    const paths = [
      ['/etc', '/data', '/var', '/run', '-regextype', 'egrep', '-regex', own],
      ['/etc', '/data', '/var', '/run', '-name', `*${name}*`],
    ]
    const found = await Promise.all(paths.map((each) => server.exec(['find', ...each])))
    return [texts, ...found].flatMap(({ stdout }) => stdout.trim().split('\n')).filter(Boolean)
  }

  /** Files of its account, wherever they are. */
  async function filesOf({ uid }: Domain) {
    const ids = ['(', '-uid', `${uid}`, '-o', '-gid', `${uid}`, ')']
    const { stdout } = await server.exec(['find', '/', '/data/share', '-xdev', ...ids])
    return [...new Set(stdout.trim().split('\n').filter(Boolean))]
  }

  test('DOM-05, DIR-03: when the grace period is over nothing is left but what lies in share', async ({
    assert,
  }) => {
    const [, , , domain] = domains
    await publish(domain, 'for all', 'share/left.txt')
    await DomainDeletion.request(domain, server.actor)
    await server.converge()
    await new EndDomainDeletions().handle(quietRun)
    await server.converge()
    assert.equal(await visit(server, domain.name), '503')

    await DomainDeletion.query()
      .where('domainId', domain.id)
      .update({ endsAt: DateTime.utc().minus({ minutes: 1 }).toSQL() })
    await new EndDomainDeletions().handle(quietRun)
    await server.converge()
    for (const host of namesOf(domain)) assert.equal(await visit(server, host), '404', host)
    assert.deepEqual(await tracesOf(domain), [])
    assert.deepEqual(await filesOf(domain), ['/data/share/left.txt'])
    assert.isNull(await Domain.find(domain.id))
    const { stdout } = await server.exec(['cat', '/data/share/left.txt'])
    assert.equal(stdout, 'for all')
    await server.exec(['rm', '/data/share/left.txt'])
  })

  test('DOM-02: a ready name that is gone is free for the next one, who finds nothing of the last', async ({
    assert,
  }) => {
    const again = await add(kinds['a ready domain'])
    await server.converge()
    assert.equal(await visit(server, again.name), '404')
    await publish(again, 'new')
    assert.equal(await visit(server, again.name), 'new')
    await again.remove(server.actor)
    await server.converge()
    assert.equal(await visit(server, again.name), '404')
  })

  test('DOM-05: removed at once while it waits, nothing of it is left, mail and users with it', async ({
    assert,
  }) => {
    const [, domain] = domains
    await DomainDeletion.request(domain, server.actor)
    await server.converge()
    await domain.remove(server.actor)
    await server.converge()
    assert.deepEqual(await tracesOf(domain), [])
    assert.deepEqual(await filesOf(domain), [])
    assert.isNull(await DomainDeletion.findBy('domainId', domain.id))
  })
})

const quietRun = { signal: new AbortController().signal, log: async () => {} }
