import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import Account from '#models/account'
import type Domain from '#models/domain'
import type Mailbox from '#models/mailbox'
import Run from '#models/run'
import { ftp, signIn, stay } from '#tests/servers/ftp/client'
import { curl } from '#tests/mail/clients'
import { deliver, messages } from '#tests/mail/delivery'
import { testPassword, testServer, type TestServer } from '#tests/support/test_server'

test.group('FTP of a real server, by foreign clients', (group) => {
  let server: TestServer
  let domain: Domain
  let taro: Mailbox
  const as = 'taro@ftp-test.jp'
  const admin = 'admin@ftp-test.jp'
  group.setup(async () => {
    server = await testServer()
    domain = await server.addDomain('ftp-test.jp', 64)
    taro = await server.addMailbox(domain, 'taro')
  })

  const giveRight = async (isOn: boolean) => {
    await taro.setFtpRight(isOn, server.actor)
    await server.converge()
  }
  const ownerOf = async (path: string) => {
    const { stdout } = await server.exec(['stat', '-c', '%u %g %a', `${domain.root}/${path}`])
    return stdout.trim()
  }
  /** Of ProFTPD. */
  const processes = async () => {
    const { stdout } = await server.exec(['pgrep', '-c', '-x', 'proftpd'])
    return Number(stdout)
  }

  for (const isPlain of [false, true]) {
    test(`WEB-05: a user puts files into his home and gets them back ${isPlain ? 'over plain FTP' : 'over TLS'}`, async ({
      assert,
    }) => {
      const name = `data/${isPlain}.txt`
      const steps = [
        ['put', name, 'xxxxx'],
        ['get', name],
        ['list', '/data'],
      ] as const
      const [hello, put, got, names] = await ftp(server, { as, isPlain }, ...steps)
      assert.equal(hello, '230')
      assert.match(put, /^226/)
      assert.equal(got, 'xxxxx')
      assert.include(names, name)
      assert.equal(await ownerOf(`home/taro/${name}`), `${taro.uid} ${domain.uid} 644`)
    })
  }

  test('WEB-05: curl, which insists on TLS, lists his home and nothing above it', async ({
    assert,
  }) => {
    const user = ['--user', `${as}:${testPassword}`]
    const url = ['--url', `ftp://${server.address}/`]
    const { status, body } = await curl(['--ssl-reqd', ...user, ...url])
    assert.equal(status, 0)
    assert.deepEqual(
      (body.match(/\S+$/gm) ?? []).filter((name) => name !== 'Maildir'),
      ['data']
    )
  })

  test('WEB-05: what the server opens for a transfer is a port of 10000 to 10999, at its own address', async ({
    assert,
  }) => {
    const asked = Array.from({ length: 10 }, () => [
      ['say', 'EPSV'] as const,
      ['say', 'PASV'] as const,
    ])
    const [, ...answers] = await ftp(server, { as }, ...asked.flat())
    const ports = answers.map((answer) => {
      const extended = /^229 .*\(\|\|\|(\d+)\|\)/.exec(answer)
      if (extended) return Number(extended[1])
      const [, address, high, low] = /^227 .*\(((?:\d+,){4})(\d+),(\d+)\)/.exec(answer) ?? []
      assert.equal(address, `${server.address.replaceAll('.', ',')},`, answer)
      return Number(high) * 256 + Number(low)
    })
    assert.lengthOf(ports, 20)
    for (const port of ports) assert.isTrue(port >= 10_000 && port <= 10_999, String(port))
    assert.isAbove(new Set(ports).size, 5)
  })

  test('WEB-05: who mistypes his password is told after two seconds, and is in with the right one', async ({
    assert,
  }) => {
    const start = Date.now()
    assert.match(await signIn(server, { as, password: 'wrong horse' }), /^530/)
    assert.isAbove(Date.now() - start, 2000)
    assert.equal(await signIn(server, { as }), '230')
  })

  test('WEB-05: neither Unix names nor names of the system nor nobody is let in', async ({
    assert,
  }) => {
    for (const name of [domain.unixName, 'root', 'anonymous', `${as}/home`, 'x@ftp-test.jp'])
      assert.match(await signIn(server, { as: name }), /^530/, name)
  })

  test('MAIL-09: a script that its user puts there and makes executable gets his mail', async ({
    assert,
  }) => {
    await taro.setUserScript(true, server.actor)
    await server.converge()
    const script = '#!/bin/sh\n{ id -u; cat; } > data/out\n'
    const answers = await ftp(
      server,
      { as },
      ['put', 'data/myscript', script],
      ['say', 'SITE CHMOD 700 data/myscript'],
      // Once more, as he does who found a mistake: it stays executable.
      ['put', 'data/myscript', script]
    )
    assert.deepEqual(
      answers.map((answer) => answer.slice(0, 3)),
      ['230', '226', '200', '226']
    )
    await deliver(server, { to: as, subject: 'for the script' })
    await messages(server, as, { atLeast: 1 })
    const [, out] = await ftp(server, { as }, ['get', 'data/out'])
    assert.match(out, new RegExp(`^${taro.uid}\n`))
    assert.include(out, 'Subject: for the script')
  })

  test('WEB-05: with the right he updates the site as its admin does, and his home is at `/home` of his name', async ({
    assert,
  }) => {
    await giveRight(true)
    const page = ['put', 'html/ftp.txt', 'from FTP'] as const
    const [, put, tree] = await ftp(server, { as }, page, ['list', '/'])
    assert.match(put, /^226/)
    assert.include(tree, '/html.stage')
    assert.equal(await ownerOf('html/ftp.txt'), `${domain.uid} ${domain.uid} 644`)
    const { body } = await server.http('ftp-test.jp', '/ftp.txt')
    assert.equal(body, 'from FTP')
    const [, home] = await ftp(server, { as: `${as}/home` }, ['get', 'data/myscript'])
    assert.match(home, /^#!/)
    await giveRight(false)
  })

  test('WEB-05: the admin puts a script for his own mail at `/home` of his name', async ({
    assert,
  }) => {
    const put = ['put', 'data/myscript', '#!/bin/sh\n'] as const
    const [hello, done] = await ftp(server, { as: `${admin}/home` }, put)
    assert.deepEqual([hello, done.slice(0, 3)], ['230', '226'])
  })

  test('WEB-05: who loses the right is out of the tree at once', async ({ assert }) => {
    await giveRight(true)
    const session = await stay(server, { as })
    assert.match(await session.ask('list', '/'), /html/)
    await giveRight(false)
    assert.notMatch(await session.ask('say', 'NOOP'), /^2/)
    session.leave()
    const [, tree] = await ftp(server, { as }, ['list', '/'])
    assert.notInclude(tree, 'html')
  })

  test('DIR-03: `share` is neither seen nor reached, whatever leads there', async ({ assert }) => {
    const link = ['ln', '-sfn', '/share', `${domain.root}/html/link`]
    const ids = ['--reuid', String(domain.uid), '--regid', String(domain.uid), '--clear-groups']
    await server.exec(['setpriv', ...ids, ...link])
    const [, tree, ...answers] = await ftp(
      server,
      { as: admin },
      ['list', '/'],
      ['list', '/share'],
      ['put', 'share/x', 'x'],
      ['put', 'html/link/x', 'x'],
      ['say', 'CWD html/link']
    )
    assert.notInclude(tree, 'share')
    for (const answer of answers) assert.match(answer, /^[45]/)
  })

  test('WEB-05: a suspended domain lets nobody in and whoever is in out; a resumed one lets in', async ({
    assert,
  }) => {
    const session = await stay(server, { as })
    assert.equal(session.welcome, '230')
    await domain.suspend(server.actor)
    await server.converge()
    assert.notMatch(await session.ask('say', 'NOOP'), /^2/)
    session.leave()
    for (const name of [as, admin]) assert.match(await signIn(server, { as: name }), /^530/)
    await domain.resume(server.actor)
    await server.converge()
    assert.equal(await signIn(server, { as }), '230')
  })

  test('WEB-05: a suspended user is out, his colleagues stay', async ({ assert }) => {
    await server.addMailbox(domain, 'hanako')
    const sessions = [
      await stay(server, { as }),
      await stay(server, { as: 'hanako@ftp-test.jp' }),
    ] as const
    const suspend = async (at: string | null) => {
      await db.transaction(async (client) => {
        await client.from('mailboxes').where('id', taro.id).update({ suspended_at: at })
        const request = { reason: 'tests', domainIds: [domain.id] }
        await server.server.requestApply(request, client)
      })
      await server.converge()
    }
    await suspend('2026-11-22 00:00:00')
    assert.notMatch(await sessions[0].ask('say', 'NOOP'), /^2/)
    assert.match(await sessions[1].ask('say', 'NOOP'), /^2/)
    for (const { leave } of sessions) leave()
    assert.match(await signIn(server, { as }), /^530/)
    await suspend(null)
  })

  test('MAIL-01: a deleted user is out, however busy he is, and nothing of his is left', async ({
    assert,
  }) => {
    const leaver = await server.addMailbox(domain, 'leaver')
    const session = await stay(server, { as: 'leaver@ftp-test.jp' })
    assert.match(await session.ask('put', 'data/x', 'x'), /^226/)
    await leaver.remove(server.actor)
    await server.converge()
    assert.notMatch(await session.ask('put', 'data/y', 'y'), /^2/)
    session.leave()
    const { status } = await server.exec(['test', '-e', `${domain.root}/home/leaver`])
    assert.equal(status, 1)
  })

  test('WEB-05: a new password counts at once, and ends what the old one opened in the tree', async ({
    assert,
  }) => {
    const session = await stay(server, { as: admin })
    const account = await Account.findByOrFail('login', admin)
    const change = async (password: string) => {
      await account.changePassword(await account.hashOf(password), server.actor)
      await server.converge()
    }
    await change('another horse 8 battery')
    assert.notMatch(await session.ask('say', 'NOOP'), /^2/)
    session.leave()
    assert.match(await signIn(server, { as: admin }), /^530/)
    await change(testPassword)
    assert.equal(await signIn(server, { as: admin }), '230')
  })

  test('PNL-05: what is more than the domain has room for is refused, and can be taken away again', async ({
    assert,
  }) => {
    const [hello, filled, list, deleted, small] = await ftp(
      server,
      { as },
      ['fill', 'data/big', 100],
      ['list', '/data'],
      ['say', 'DELE data/big'],
      ['put', 'data/small', 'x']
    )
    assert.equal(hello, '230')
    assert.match(filled, /^[45]\d\d .*(quota|space)/i)
    assert.include(list, 'data/big')
    assert.match(deleted, /^250/)
    assert.match(small, /^226/)
    const site = await server.http('ftp-test.jp')
    assert.equal(site.status, 200)
  })

  test('REL-01: nothing of FTP runs while nobody is connected, and a second apply changes nothing', async ({
    assert,
  }) => {
    assert.equal(await processes(), 0)
    const session = await stay(server, { as })
    assert.equal(await processes(), 1)
    await server.convergeAll()
    const run = await Run.query().orderBy('id', 'desc').firstOrFail()
    assert.equal(run.state, 'unchanged')
    assert.match(await session.ask('say', 'NOOP'), /^200/)
    session.leave()
  })

  test('REL-01: whoever was added is let in without a reload of anything', async ({ assert }) => {
    const since = async () => {
      const show = ['systemctl', 'show', '-p', 'ActiveEnterTimestamp', 'tsukasa-ftp.socket']
      const { stdout } = await server.exec(show)
      return stdout
    }
    const before = await since()
    await server.addMailbox(domain, 'jiro')
    assert.equal(await signIn(server, { as: 'jiro@ftp-test.jp' }), '230')
    assert.equal(await since(), before)
  })
})
