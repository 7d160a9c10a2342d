import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { test } from '@japa/runner'
import type Domain from '#models/domain'
import { install, programs } from '#tests/servers/web/programs'
import { testServer, type TestServer } from '#tests/support/test_server'

const execute = promisify(execFile)

/** Where everybody may write. */
const places = ['/tmp', '/var/tmp', '/dev/shm', '/run/lock']

test.group('Sites of a real server', (group) => {
  let server: TestServer
  let domain: Domain
  let other: Domain
  group.setup(async () => {
    server = await testServer()
    domain = await server.addDomain('web-test.jp')
    other = await server.addDomain('web-other.jp', 128)
    await server.exec(as(domain, 'python3', '-c', install), inputFor(domain))
  })

  const name = 'web-test.jp'
  const account = () => `d${domain.id}`
  const root = '/data/domain/web-test.jp'

  function as({ uid }: Domain, ...argv: string[]) {
    return ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', ...argv]
  }

  function inputFor({ name: of }: Domain) {
    return JSON.stringify([`/data/domain/${of}`, programs])
  }

  async function statusOf(of: string) {
    const answer = await server.http(of)
    return answer.status
  }

  async function output(...argv: string[]) {
    const { stdout } = await server.exec(argv)
    return stdout.trim()
  }

  async function body(path: string, options: Parameters<TestServer['http']>[2] = {}) {
    const answer = await server.http(name, path, options)
    return answer.body.trim()
  }

  /** curl, for what a plain request can't do. */
  async function curl(...argv: string[]) {
    const resolve = [80, 443, 11180, 11443].flatMap((port) => [
      '--resolve',
      `${name}:${port}:${server.address}`,
    ])
    const { stdout } = await execute('curl', ['-sk', '-m', '60', ...resolve, ...argv])
    return stdout
  }

  test('DOM-03: a new site shows its first page by name, www and test name', async ({ assert }) => {
    for (const host of [other.name, `www.${other.name}`, other.testName]) {
      const answer = await server.http(host)
      assert.equal(answer.status, 200, host)
      assert.include(answer.body, 'ここはまだ準備中です')
    }
  })

  test('WEB-01: {$self} runs as the domain’s own account')
    .with(
      ['perl', 'python', 'ruby', 'php']
        .map((language) => `/cgi-bin/${language}.cgi`)
        .concat('/in_html.cgi', '/in_html.pl', '/page.shtml')
    )
    .run(async ({ assert }, path) => {
      assert.equal(await body(path), account())
    })

  test('WEB-01: PHP runs as the domain’s own account and knows the visitor', async ({ assert }) => {
    assert.match(await body('/who.php'), new RegExp(`^${account()} 8\\.4\\.\\d+ [0-9.]+ off 80$`))
    const tls = await body('/who.php', { port: 443, tls: true })
    assert.match(tls, new RegExp(`^${account()} 8\\.4\\.\\d+ [0-9.]+ on 443$`))
    const said = await body('/who.php', { headers: { 'X-Forwarded-For': '198.51.100.1' } })
    assert.notInclude(said, '198.51.100.1')
  })

  test('DIR-01: what lies in cgi-bin, cgi-data, home and conf is not served', async ({
    assert,
  }) => {
    for (const path of [
      '/cgi-bin/text.txt',
      '/cgi-data/',
      '/../cgi-data/',
      '/home/admin/',
      '/.htaccess',
    ]) {
      const { status } = await server.http(name, path)
      assert.isAtLeast(status, 400, path)
    }
  })

  test('WEB-02: the staging ports serve the staging directories', async ({ assert }) => {
    assert.match(await body('/who.php', { port: 11180 }), /^stage 8\.4\.\d+ 11180$/)
    assert.match(await body('/who.php', { port: 11443, tls: true }), /^stage 8\.4\.\d+ 11443$/)
  })

  test('DIR-04: a directory without its slash leads to the same scheme and port', async ({
    assert,
  }) => {
    for (const base of [
      `http://${name}`,
      `https://${name}`,
      `http://${name}:11180`,
      `https://${name}:11443`,
    ]) {
      const location = await curl('-o', '/dev/null', '-w', '%{redirect_url}', `${base}/directory`)
      assert.equal(location, `${base}/directory/`)
    }
  })

  test('a path arrives as it was sent', async ({ assert }) => {
    assert.equal(await body('/what%3Fis%20%E6%97%A5%E6%9C%AC%252F.txt'), 'an odd name')
  })

  test('HTTP/2 is spoken over TLS', async ({ assert }) => {
    const said = await curl(
      '--http2',
      '-o',
      '/dev/null',
      '-w',
      '%{http_version} %{http_code}',
      `https://${name}/who.php`
    )
    assert.equal(said, '2 200')
  })

  test('200 MB can be uploaded, with and without its length', async ({ assert }) => {
    await execute('truncate', ['-s', '199000000', '/tmp/web-test-upload'])
    for (const extra of [[], ['-H', 'Transfer-Encoding: chunked']]) {
      const said = await curl(
        ...extra,
        '-F',
        'file=@/tmp/web-test-upload',
        `http://${name}/upload.php`
      )
      assert.equal(said, '199000000 0')
    }
    await execute('rm', ['/tmp/web-test-upload'])
  })

  test('WEB-03: each port has its own PHP version; requests under way end, others notice nothing', async ({
    assert,
  }) => {
    const slow = [body('/slow.php'), server.http(other.name)]
    await domain.merge({ phpHttps: '8.2' }).save()
    await server.convergeAll()
    assert.match(await body('/who.php'), / 8\.4\.\d+ /)
    assert.match(await body('/who.php', { port: 443, tls: true }), / 8\.2\.\d+ /)
    assert.equal(await slow[0], 'done')
  })

  test('WEB-03: php.ini of the domain lies in var and counts', async ({ assert }) => {
    assert.equal(await body('/limit.php'), '256M')
    const write = 'import sys; open(sys.argv[1], "a").write("memory_limit = 99M\\n")'
    await server.exec(as(domain, 'python3', '-c', write, `${root}/var/php.ini`))
    await server.exec(['systemctl', 'stop', `tsukasa-${account()}.slice`])
    assert.equal(await body('/limit.php'), '99M')
    assert.equal(await statusOf(other.name), 200)
  })

  test('a site that sleeps wakes with its visitor, and with many at once', async ({ assert }) => {
    await server.exec(['systemctl', 'stop', 'tsukasa.slice'])
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => server.http(index % 2 ? name : other.name, '/'))
    )
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200])
  })

  test('nothing of it fails over an apply of everything, and a second one changes nothing', async ({
    assert,
  }) => {
    await server.convergeAll()
    const before = await server.exec(['systemctl', 'show', '-p', 'MainPID', 'apache2.service'])
    await server.convergeAll()
    const after = await server.exec(['systemctl', 'show', '-p', 'MainPID', 'apache2.service'])
    assert.equal(before.stdout, after.stdout)
    assert.match(await body('/who.php'), new RegExp(`^${account()} `))
  })

  test('a name that nobody has gets a neutral page', async ({ assert }) => {
    for (const options of [{}, { port: 443, tls: true }, { port: 11180 }]) {
      const answer = await server.http('nobody.example.com', '/', options)
      assert.equal(answer.status, 404)
      assert.include(answer.body, 'サイトが見つかりません')
    }
  })

  test('a page that is not there is said so in Japanese, whatever its name ends with', async ({
    assert,
  }) => {
    for (const path of ['/missing.html', '/missing.php', '/directory/missing.php/info']) {
      const answer = await server.http(name, path)
      assert.equal(answer.status, 404, path)
      assert.include(answer.body, 'ページが見つかりません', path)
    }
    assert.match(await body('/who.php/info'), new RegExp(`^${account()} `))
  })

  test('nobody but root has a crontab', async ({ assert }) => {
    const { stderr } = await server.exec(as(domain, 'crontab', '-l'))
    assert.match(stderr, /not allowed/)
  })

  /** What a program can leave outside its slice and its volume. */
  async function plant(of: Domain) {
    const { id, uid } = of
    const stray = 'setsid sleep 7777 >/dev/null 2>&1 </dev/null &'
    const files = places.map((place) => `mkdir -p ${place}/left-${id}/deep`).join('; ')
    await server.exec(as(of, 'sh', '-c', `${stray} ${files}`))
    // As a mailbox's: a uid of its own, the domain's gid.
    const mailbox = ['setpriv', '--reuid=60000', `--regid=${uid}`, '--clear-groups']
    await server.exec([...mailbox, 'sh', '-c', stray])
    const crontab = `/var/spool/cron/crontabs/d${id}`
    await server.exec(['install', '-m', '600', '-o', String(uid), '/dev/null', crontab])
    const found = await running(uid)
    // His own twice, by uid and by gid, and the mailbox's.
    if (found.split('\n').length < 3) throw new Error(`not planted: ${found}`)
  }

  async function running(uid: number) {
    const states = ['pgrep', '-r', 'R,S,D,T']
    return [await output(...states, '-U', String(uid)), await output(...states, '-G', String(uid))]
      .join('\n')
      .trim()
  }

  test('a suspended domain answers 503 in Japanese, the others go on', async ({ assert }) => {
    await plant(domain)
    await domain.suspend(server.actor)
    await server.converge()
    const answer = await server.http(name)
    assert.equal(answer.status, 503)
    assert.include(answer.body, 'このサイトは現在停止しています')
    assert.equal(await running(domain.uid), '')
    assert.equal(await output('ls', '/var/spool/cron/crontabs'), '')
    assert.equal(await statusOf(other.name), 200)

    await domain.resume(server.actor)
    await server.converge()
    assert.match(await body('/who.php'), new RegExp(`^${account()} `))
  })

  test('DIR-03: share is the same directory everywhere, and outlives a domain', async ({
    assert,
  }) => {
    await server.exec(as(other, 'touch', `/data/domain/${other.name}/share/common`))
    const seen = await server.exec(as(domain, 'ls', `${root}/share`))
    assert.include(seen.stdout, 'common')
  })

  test('DOM-05: nothing of a deleted domain remains', async ({ assert }) => {
    const { id, uid, name: gone, testName } = other
    await server.http(gone, '/')
    await plant(other)
    await other.remove(server.actor)
    await server.converge()
    for (const host of [gone, `www.${gone}`, testName]) {
      assert.equal(await statusOf(host), 404)
    }
    const left = await server.exec([
      ...['find', '/etc', '/run', '/run/lock', '/var', '/tmp', '/dev/shm', '/data', '-xdev'],
      ...[
        '(',
        '-name',
        `*${gone}*`,
        '-o',
        '-name',
        `d${id}`,
        '-o',
        '-name',
        `*@d${id}.*`,
        '-o',
        '-uid',
        String(uid),
        ')',
      ],
      ...['-not', '-path', '/data/share/*', '-not', '-path', '/data/domain/*/share/*'],
    ])
    assert.equal(left.stdout, '')
    const mounts = await server.exec(['grep', '-c', gone, '/proc/self/mountinfo'])
    assert.equal(mounts.stdout.trim(), '0')
    assert.equal(await running(uid), '')
    assert.equal(await output('ls', '/data/share'), 'common')
  })

  test('after a reboot everything is there, and nobody was woken', async ({ assert }) => {
    await server.exec(['systemctl', 'reboot'])
    await waitForFront(server)
    const woken = await server.exec(['systemctl', 'list-units', '--no-legend', 'tsukasa-web@*'])
    assert.equal(woken.stdout, '')
    assert.match(await body('/who.php'), new RegExp(`^${account()} `))
    assert.equal(await body('/in_html.cgi'), account())
  })
})

/** Until the front answers again; the old one may still do so for a moment. */
async function waitForFront(server: TestServer) {
  for (let tries = 0; tries < 120; tries++) {
    const uptime = await server.exec(['cut', '-d.', '-f1', '/proc/uptime'])
    const up = uptime.status === 0 && Number(uptime.stdout) < 60
    if (up && (await server.http('nobody.example.com').catch(() => undefined))) return
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}
