import { test } from '@japa/runner'
import type Domain from '#models/domain'
import { testServer, type TestServer } from '#tests/support/test_server'

/** Which of the sockets whose paths are its arguments take a connection. */
const connect = `
import socket, sys
for path in sys.argv[1:]:
    with socket.socket(socket.AF_UNIX) as one:
        one.settimeout(2)
        try:
            one.connect(path)
        except OSError:
            continue
        print(path)
`

/** What is meant for programs: the database, the journal, and what systemd answers to everybody. */
const open =
  /^\/run\/(?:dbus\/system_bus_socket|mysqld\/mysqld\.sock|ssh-unix-local\/socket|systemd\/.*)$|^\/var\/spool\/postfix\/public\//

test.group('Sockets of a server', (group) => {
  let server: TestServer
  let domain: Domain
  group.setup(async () => {
    server = await testServer()
    domain = await server.addDomain('sockets-test.jp')
    await server.addMailbox(domain, 'taro')
  })

  const reached = async (uid: number, paths: readonly string[]) => {
    const ids = ['--reuid', String(uid), '--regid', String(domain.uid), '--clear-groups']
    const argv = ['setpriv', ...ids, 'python3', '-c', connect, ...paths]
    const { stdout } = await server.exec(argv)
    return stdout.split('\n').filter(Boolean)
  }

  test('REL-04: programs of customers reach no daemon but those that are meant for them', async ({
    assert,
  }) => {
    const { stdout } = await server.exec(['ss', '-lxH'])
    const all = stdout.split('\n').map((line) => line.trim().split(/\s+/)[4])
    const paths = [...new Set(all.filter((path) => path?.startsWith('/')))]
    assert.include(paths, '/run/dovecot/lmtp')
    assert.include(paths, '/run/tsukasa/user_scripts/user_script')
    const [taro] = await domain.related('mailboxes').query().where('localPart', 'taro')
    for (const uid of [domain.uid, taro.uid]) {
      const found = await reached(uid, paths)
      assert.deepEqual(
        found.filter((path) => !open.test(path)),
        []
      )
    }
  })

  test('MAIL-03: mail cannot be handed to Dovecot past Postfix and its checks', async ({
    assert,
  }) => {
    const paths = ['/run/dovecot/lmtp', '/var/spool/postfix/private/dovecot-lmtp']
    assert.isEmpty(await reached(domain.uid, paths))
    assert.deepEqual(await reached(domain.uid, ['/run/mysqld/mysqld.sock']), [
      '/run/mysqld/mysqld.sock',
    ])
  })
})
