import { test } from '@japa/runner'
import ssh2 from 'ssh2'
import Account from '#models/account'
import type Domain from '#models/domain'
import Restriction from '#models/restriction'
import { curl, statusOf } from '#tests/mail/clients'
import { testPassword, testServer, type TestServer } from '#tests/support/test_server'

/** DIR-01, without what only exists later. */
const tree =
  'backup cgi-bin cgi-bin.stage cgi-data conf home html html.stage log share tmp var'.split(' ')

test.group('SFTP of a real server, by a foreign client', (group) => {
  let server: TestServer
  let domain: Domain
  group.setup(async () => {
    server = await testServer()
    domain = await server.addDomain('sftp-test.jp')
  })

  function sftp(
    path: string,
    { as = 'admin@sftp-test.jp', args = [] as string[], input = '' } = {}
  ) {
    const url = `sftp://${server.address}:11122${path}`
    return curl([...args, '--user', `${as}:${testPassword}`, '--url', url], input)
  }
  const upload = ['--upload-file', '-']

  test('WEB-06, SSH-01: the domain admin signs in and sees the directories', async ({ assert }) => {
    const { status, body } = await sftp('/')
    assert.equal(status, 0)
    assert.includeMembers(body.match(/\S+$/gm) ?? [], tree)
  })

  test('WEB-06, SSH-01: he uploads a page by SFTP, which is served', async ({ assert }) => {
    const { status } = await sftp('/html/sftp.txt', { args: upload, input: 'from SFTP' })
    assert.equal(status, 0)
    const { status: code, body } = await server.http('sftp-test.jp', '/sftp.txt')
    assert.deepEqual([code, body], [200, 'from SFTP'])
    const { stdout } = await server.exec(['stat', '-c', '%u %g %a', `${domain.root}/html/sftp.txt`])
    assert.equal(stdout.trim(), `${domain.uid} ${domain.uid} 644`)
  })

  test('DIR-01: the root, conf and home are not his to write', async ({ assert }) => {
    for (const path of ['/x', '/conf/x', '/home/x', '/home/admin/x', '/log/x'])
      assert.notEqual(await statusOf(sftp(path, { args: upload, input: 'x' })), 0, path)
  })

  test('SSH-01: nothing outside his root is there', async ({ assert }) => {
    for (const path of ['/etc/passwd', '/../../etc/passwd', '/data/domain/'])
      assert.notEqual(await statusOf(sftp(path)), 0, path)
  })

  test('SSH-01: neither Unix names nor mailboxes nor wrong passwords let anybody in', async ({
    assert,
  }) => {
    await server.addMailbox(domain, 'taro')
    for (const as of [domain.unixName, 'taro@sftp-test.jp', 'root', 'www-data', 'admin@nobody.jp'])
      assert.equal(await statusOf(sftp('/', { as })), 67, as)
  })

  test('SSH-01: there is no shell and no forwarding', async ({ assert }) => {
    const client = await signedIn(server.address, 'admin@sftp-test.jp')
    try {
      const told = await new Promise<string>((resolve, reject) => {
        client.exec('id', (error, channel) => {
          if (error) return reject(error)
          let text = ''
          channel
            .on('data', (data: Buffer) => (text += data.toString()))
            .on('close', () => resolve(text))
        })
      })
      assert.notInclude(told, 'uid=')
      await assert.rejects(
        () =>
          new Promise((resolve, reject) => {
            client.forwardOut('127.0.0.1', 1, '127.0.0.1', 3306, (error, channel) =>
              error ? reject(error) : resolve(channel)
            )
          }),
        /open failure/
      )
    } finally {
      client.end()
    }
  })

  /** Somebody who is in, and has looked around. */
  async function openSession() {
    const client = await signedIn(server.address, 'admin@sftp-test.jp')
    const closed = new Promise<void>((resolve) => client.on('close', () => resolve()))
    await new Promise<void>((resolve, reject) =>
      client.sftp((error, opened) => {
        if (error) return reject(error)
        opened.readdir('/html', (failed) => (failed ? reject(failed) : resolve()))
      })
    )
    return { closed }
  }

  test('a session that is open ends with the password that opened it', async () => {
    const { closed } = await openSession()
    const account = await Account.findByOrFail('login', 'admin@sftp-test.jp')
    await account.changePassword(await account.hashOf(testPassword), server.actor)
    await server.converge()
    await closed
  })

  test('a session that is open ends when its domain is suspended', async ({ assert }) => {
    const { closed } = await openSession()
    await domain.suspend(server.actor)
    await server.converge()
    await closed
    const { stdout } = await server.exec(['pgrep', '-r', 'R,S,D,T', '-U', String(domain.uid)])
    assert.equal(stdout, '')
    await domain.resume(server.actor)
    await server.converge()
  })

  test('SSH-03: where the contractor forbids SSH, what is open ends and nobody comes in', async ({
    assert,
  }) => {
    const { closed } = await openSession()
    await Restriction.impose(domain, 'ssh', { exempt: [] }, server.actor)
    await server.converge()
    await closed
    assert.equal(await statusOf(sftp('/')), 67)
    const { status } = await server.http('sftp-test.jp', '/sftp.txt')
    assert.equal(status, 200)
    await Restriction.lift(domain, 'ssh', server.actor)
    await server.converge()
    assert.equal(await statusOf(sftp('/')), 0)
  })

  test('SSH-03: one domain’s restriction keeps nobody else out', async ({ assert }) => {
    const other = await server.addDomain('sftp-other.jp')
    await Restriction.impose(domain, 'ssh', { exempt: [] }, server.actor)
    await server.converge()
    assert.equal(await statusOf(sftp('/', { as: `admin@${other.name}` })), 0)
    await server.convergeAll()
    assert.equal(await statusOf(sftp('/')), 67)
    await Restriction.lift(domain, 'ssh', server.actor)
    await server.converge()
  })

  test('a suspended domain is not let in, a resumed one is', async ({ assert }) => {
    await domain.suspend(server.actor)
    await server.converge()
    assert.equal(await statusOf(sftp('/')), 67)
    await domain.resume(server.actor)
    await server.converge()
    assert.equal(await statusOf(sftp('/')), 0)
  })
})

function signedIn(host: string, username: string): Promise<ssh2.Client> {
  const client = new ssh2.Client()
  return new Promise((resolve, reject) => {
    client.on('ready', () => resolve(client)).on('error', reject)
    client.connect({
      host,
      port: 11122,
      username,
      password: testPassword,
      hostVerifier: () => true,
    })
  })
}
