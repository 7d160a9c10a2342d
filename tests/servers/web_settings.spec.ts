import { setTimeout as wait } from 'node:timers/promises'
import { test } from '@japa/runner'
import type Domain from '#models/domain'
import { htaccessGroups, htaccessOptions } from '#models/domain/htaccess_directive'
import { errorLevels, phpSettings } from '#models/domain/php_setting'
import { missingPages, ownPhpIni } from '#monitoring/web/site'
import { install } from '#tests/servers/web/programs'
import { as, doors, settingPrograms, waysToHttps, webPorts } from '#tests/servers/web/settings'
import { testServer, type TestServer } from '#tests/support/test_server'

test.group('Settings of a site on a real server', (group) => {
  let server: TestServer
  let domain: Domain
  const name = 'web-settings.jp'
  const root = `/data/domain/${name}`

  group.setup(async () => {
    server = await testServer()
    domain = await server.addDomain(name, 128)
    await domain.load('server')
    const files = JSON.stringify([root, settingPrograms])
    await server.exec(as(domain, 'python3', '-c', install), files)
  })

  async function body(path: string, door: { port?: number; tls?: boolean } = {}) {
    const answer = await server.http(name, path, door)
    return answer.body.trim()
  }

  async function statusOf(path: string) {
    const { status } = await server.http(name, path)
    return status
  }

  const versions = () => Promise.all(webPorts.map((port) => body('/version.php', doors[port])))

  function write(path: string, content: string) {
    const program = 'import sys; open(sys.argv[1], "w").write(sys.stdin.read())'
    return server.exec(as(domain, 'python3', '-c', program, `${root}/${path}`), content)
  }

  /** PHP that runs already ends what it does before it reads its settings anew. */
  async function eventually(look: () => Promise<string>, wanted: string) {
    let seen = ''
    for (let tries = 0; tries < 20; tries++) {
      seen = await look()
      if (seen === wanted) break
      await wait(50)
    }
    return seen
  }

  const valuesOf = (...names: string[]) =>
    body(`/ini.php?${names.map((each) => `of[]=${each}`).join('&')}`)

  test('WEB-03: each port gets the version that was chosen for it, each of those that the server has', async ({
    assert,
  }) => {
    const [newest, older] = domain.server.availablePhpVersions
    assert.deepEqual([newest, older], ['8.4', '8.2'])
    assert.deepEqual(await versions(), [newest, newest, newest, newest])
    for (const port of webPorts) {
      const chosen = { ...domain.web.phpVersions, [port]: older! }
      await domain.web.setPhpVersions(chosen, server.actor)
      await server.converge()
      await domain.refresh()
      assert.deepEqual(await versions(), Object.values(chosen))
    }
    const back = { http: older, https: newest, staging_http: older, staging_https: newest }
    await domain.web.setPhpVersions(back, server.actor)
    await server.converge()
    await domain.refresh()
    assert.deepEqual(await versions(), [older, newest, older, newest])
  })

  test('WEB-03: values of the panel count at once, on both versions and in CGI; var/php.ini has the last word', async ({
    assert,
  }) => {
    const names = ['memory_limit', 'error_reporting', 'display_errors', 'date.timezone']
    const both = () =>
      Promise.all(
        ['http', 'https'].map((port) =>
          server.http(
            name,
            `/ini.php?${names.map((each) => `of[]=${each}`).join('&')}`,
            doors[port as 'http']
          )
        )
      ).then((answers) => answers.map((answer) => answer.body).join('\n'))
    assert.equal(await both(), '256M|22527||Asia/Tokyo|\n256M|22527||Asia/Tokyo|')

    const values = {
      'memory_limit': '300',
      'error_reporting': errorLevels.all,
      'display_errors': 'On',
      'date.timezone': 'UTC',
    }
    await domain.web.setPhpValues(values, server.actor)
    await server.converge()
    const wanted = '300M|32767|1|UTC|\n300M|32767|1|UTC|'
    assert.equal(await eventually(both, wanted), wanted)
    assert.equal(await body('/cgi-bin/ini.cgi'), `300M|${root}/tmp`)

    await write('var/php.ini', 'memory_limit = 77M\n[PATH=/nowhere]\nprecision = 3\n')
    const before = await server.exec(['stat', '-c', '%U %Y', `${root}/var/php.ini`])
    await domain.web.reloadPhp(server.actor)
    await server.converge()
    const own = '77M|32767|1|UTC|\n77M|32767|1|UTC|'
    assert.equal(await eventually(both, own), own)
    const after = await server.exec(['stat', '-c', '%U %Y', `${root}/var/php.ini`])
    assert.equal(after.stdout, before.stdout)
  })

  test('WEB-03: the panel tells what var/php.ini overrides, read by PHP as the domain’s own account', async ({
    assert,
  }) => {
    await write('var/more.ini', 'short_open_tag = yes\nerror_reporting = E_ALL & ~E_NOTICE\n')
    await write('var/zz.ini', 'memory_limit = "1\n')
    const { value } = await ownPhpIni(domain)
    assert.deepEqual(Object.fromEntries(value!.values), {
      memory_limit: { value: '77M', file: 'php.ini' },
      short_open_tag: { value: 'On', file: 'more.ini' },
      error_reporting: { value: '30711', file: 'more.ini' },
    })
    assert.deepEqual(value!.broken, ['zz.ini'])
  })

  test('security.md: files of a customer that would hold somebody up or lead elsewhere do neither', async ({
    assert,
  }) => {
    const make = (code: string) => server.exec(as(domain, 'sh', '-c', `cd ${root}/var; ${code}`))
    await make(
      'rm -f *.ini; mkfifo a.ini; ln -s /etc/shadow b.ini; ln -s ../html c.ini; head -c 9000000 /dev/zero >d.ini; printf "memory_limit=5M\\n" >e.ini'
    )
    const began = performance.now()
    const { value } = await ownPhpIni(domain)
    assert.isBelow(performance.now() - began, 2500)
    assert.deepEqual([...value!.values.keys()], ['memory_limit'])
    assert.notInclude(JSON.stringify(value!.broken), 'shadow')

    await make(
      'cd ../html; mkfifo fifo.html; ln -s /etc/passwd link.html; ln -s /etc/shadow dark.html'
    )
    const pages = { 403: '/fifo.html', 404: '/dark.html', 500: '/errors', 503: '/errors/503.html' }
    const { value: missing } = await missingPages(domain, pages as never)
    assert.deepEqual(missing, ['/fifo.html', '/dark.html', '/errors'])
    await make('rm -f *.ini; touch php.ini')
  })

  test('WEB-03: what is set back in the panel is the server’s standard again', async ({
    assert,
  }) => {
    await domain.refresh()
    await domain.web.setPhpValues({}, server.actor)
    await server.converge()
    const standard = () => valuesOf('memory_limit', 'display_errors', 'post_max_size')
    assert.equal(await eventually(standard, '256M||208M|'), '256M||208M|')
  })

  test('WEB-03: the standard that the page tells is what PHP has', async ({ assert }) => {
    const said = await valuesOf(...phpSettings.map((setting) => setting.name))
    const told = phpSettings.map((setting) => {
      const suffix = setting.kind === 'number' && setting.unit === 'megabytes' ? 'M' : ''
      const isSwitch = setting.kind === 'choice' && setting.values.includes('Off')
      return isSwitch ? (setting.standard === 'On' ? '1' : '') : `${setting.standard}${suffix}`
    })
    const found = said.split('|').slice(0, -1)
    const different = phpSettings
      .map(({ name: of }, index) => [of, told[index], found[index]!.replace(/^0$/, '')])
      .filter(([, one, other]) => one !== other && !(one === '0' && other === ''))
    assert.deepEqual(different, [])
  })

  test('WEB-03: every value that the page offers is one that PHP takes', async ({ assert }) => {
    await domain.refresh()
    const values = Object.fromEntries(
      phpSettings.map((setting) => [
        setting.name,
        setting.kind === 'number' ? String(setting.most) : setting.values.at(-1)!,
      ])
    )
    await domain.web.setPhpValues({ ...values, 'session.cookie_secure': 'On' }, server.actor)
    await server.converge()
    const look = () => valuesOf('memory_limit', 'date.timezone', 'mbstring.detect_order')
    const wanted = '1024M|Pacific/Honolulu|UTF-8,SJIS-win,eucJP-win,JIS,ASCII|'
    assert.equal(await eventually(look, wanted), wanted)
    const log = await server.exec([
      'journalctl',
      '-q',
      '-t',
      'tsukasa-php',
      '-p',
      'warning',
      '--since',
      '-1min',
    ])
    assert.notInclude(log.stdout, 'Invalid')
    await domain.refresh()
    await domain.web.setPhpValues({}, server.actor)
    await server.converge()
  })

  test('WEB-04: SQLite is there for PHP of every version', async ({ assert }) => {
    for (const port of ['http', 'https'] as const) {
      assert.equal(await body('/sqlite.php', doors[port]), 'kept')
    }
  })

  test('WEB-01: error pages are the customer’s own, with the status; without the file the server’s', async ({
    assert,
  }) => {
    const asked: [string, number][] = [
      ['/forbidden/page.html', 403],
      ['/missing.html', 404],
      ['/missing.php', 404],
      ['/cgi-bin/broken.cgi', 500],
      ['/busy/', 503],
    ]
    const pages = Object.fromEntries(
      ['403', '404', '500', '503'].map((status) => [status, `/errors/${status}.html`])
    )
    await domain.refresh()
    await domain.web.setErrorPages(pages, server.actor)
    await server.converge()
    for (const [path, status] of asked) {
      const answer = await server.http(name, path)
      assert.deepEqual(
        [answer.status, answer.body.trim()],
        [status, `<p>own page ${status}</p>`],
        path
      )
    }
    assert.equal(await body('/own/missing'), 'the directory’s own page')
    assert.equal(await body('/missing', doors.staging_https), 'staged page')

    await server.exec(as(domain, 'rm', '-r', `${root}/html/errors`))
    for (const [path, status] of asked) {
      const answer = await server.http(name, path)
      assert.equal(answer.status, status, path)
      assert.include(answer.body, '<html lang="ja">', path)
      assert.notInclude(answer.body, 'additionally', path)
    }
    await domain.refresh()
    await domain.web.setErrorPages({}, server.actor)
    await server.converge()
    assert.include(await body('/missing'), 'ページが見つかりません')
  })

  test('WEB-01: the list of directives for .htaccess is what this Apache takes', async ({
    assert,
  }) => {
    const account = `Define account d${domain.id}`
    const { stdout } = await server.exec([
      ...['apache2', '-L', '-f', '/etc/tsukasa/web/server.conf', '-C', account],
    ])
    const config = await server.exec(['cat', `/etc/tsukasa/web/d${domain.id}/site.conf`])
    const [, overrides] = /AllowOverride (AuthConfig .*) "?Nonfatal/.exec(config.stdout)!
    const allowed = overrides!.split(' ').map((each) => each.replace(/=.*/, ''))
    const taken = [
      ...stdout.matchAll(
        /^(\S+) \([^)]+\)\n\t.*\n\tAllowed in .* in \.htaccess\n\twhen AllowOverride (.*)$/gm
      ),
    ]
      .filter(([, , when]) => when === "isn't None" || allowed.some((each) => when!.includes(each)))
      .map(([, directive]) => directive!.replace('<', '').toLowerCase())
    const published = htaccessGroups
      .flatMap(({ directives }) => directives)
      .map((directive) => directive.replace(/[<>]/g, '').toLowerCase())
    assert.isAbove(taken.length, 100)
    assert.deepEqual(published.toSorted(), taken.toSorted())
  })

  test('WEB-01: every example of the list works, and what is not in the list is refused', async ({
    assert,
  }) => {
    for (const { example, key } of htaccessGroups) {
      await write('html/own/.htaccess', `${example}\n`)
      assert.notEqual(await statusOf('/own/404.html'), 500, key)
    }
    for (const line of [
      'ServerName x',
      '<Directory />',
      'LoadModule x y',
      'Listen 1',
      'ProxyPass / http://x/',
    ]) {
      await write('html/own/.htaccess', `${line}\n`)
      assert.equal(await statusOf('/own/404.html'), 500, line)
    }
    const { example } = htaccessGroups.find(({ key }) => key === 'redirect')!
    await write('html/own/.htaccess', `${example}\n`)
    const plain = await server.http(name, '/own/404.html')
    assert.deepEqual([plain.status, plain.headers.location], [301, `https://${name}/own/404.html`])
    const secure = await server.http(name, '/own/404.html', doors.https)
    assert.equal(secure.status, 200)
    for (const line of [
      'php_value memory_limit 1M',
      'NoSuchDirective on',
      ...htaccessOptions.map((option) => `Options ${option}`),
      'Options -MultiViews +SymLinksIfOwnerMatch',
    ]) {
      await write('html/own/.htaccess', `${line}\n`)
      assert.equal(await statusOf('/own/404.html'), 200, line)
      await write('cgi-bin/.htaccess', `${line}\n`)
      assert.equal(await statusOf('/cgi-bin/ini.cgi'), 200, line)
    }
    await server.exec(as(domain, 'rm', `${root}/cgi-bin/.htaccess`))
  })

  test('WEB-01: each of the usual ways to lead to https in .htaccess does so once, on all four ports', async ({
    assert,
  }) => {
    await write('html/own/page.html', 'public')
    await server.exec(as(domain, 'mkdir', '-p', `${root}/html.stage/own`))
    await write('html.stage/own/page.html', 'staged')
    for (const snippet of waysToHttps) {
      await write('html/own/.htaccess', snippet)
      await write('html.stage/own/.htaccess', snippet)
      for (const port of webPorts) {
        const { status, headers } = await server.http(name, '/own/page.html', doors[port])
        const seen = [status, headers.location]
        const wanted = doors[port].tls ? [200, undefined] : [301, `https://${name}/own/page.html`]
        assert.deepEqual(seen, wanted, `${port}: ${snippet}`)
      }
    }
  })

  test('security.md: a site cannot say for itself that it was asked by TLS', async ({ assert }) => {
    await write('html/own/.htaccess', 'FrontTLS On\n')
    assert.equal(await statusOf('/own/page.html'), 500)
    await write('html/own/.htaccess', '')
  })

  test('DIR-04: a directory of programs without an index says 403, whatever lies in it', async ({
    assert,
  }) => {
    assert.equal(await statusOf('/cgi-bin/'), 403)
    await write('cgi-bin/index.html', 'not a program')
    assert.equal(await statusOf('/cgi-bin/'), 403)
    await server.exec(as(domain, 'cp', `${root}/cgi-bin/ini.cgi`, `${root}/cgi-bin/index.cgi`))
    assert.equal(await statusOf('/cgi-bin/'), 200)
  })

  test('WEB-01: each first line of a CGI program that the page tells is one that runs it', async ({
    assert,
  }) => {
    const hello: Record<string, string> = {
      perl: 'print "Content-Type: text/plain\\n\\nhello"',
      python3: 'print("Content-Type: text/plain\\n\\nhello")',
      ruby: 'puts "Content-Type: text/plain\\n\\nhello"',
    }
    for (const interpreter of ['perl', 'python3', 'ruby', 'php-cgi', 'php-cgi8.4', 'php-cgi8.2']) {
      await write(
        'cgi-bin/hello.cgi',
        `#!/usr/bin/${interpreter}\n${hello[interpreter] ?? 'hello'}\n`
      )
      await server.exec(as(domain, 'chmod', '755', `${root}/cgi-bin/hello.cgi`))
      assert.equal(await body('/cgi-bin/hello.cgi'), 'hello', interpreter)
    }
  })
})
