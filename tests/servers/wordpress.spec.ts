import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { test } from '@japa/runner'
import Database from '#models/database'
import type Domain from '#models/domain'
import type { PhpVersions } from '#models/domain/web_port'
import { curl } from '#tests/mail/clients'
import { as, doors, webPorts } from '#tests/servers/web/settings'
import { testPassword, testServer, type TestServer } from '#tests/support/test_server'
import { wordpressConfig, wordpressInstall, wordpressTree } from '#tests/support/wordpress'

const execute = promisify(execFile)
const name = 'wordpress-test.jp'

/** A port of the site, as an address. */
const addressOf = (door: keyof typeof doors) => {
  const { port, tls } = doors[door]
  const usual = port === 80 || port === 443
  return `${tls ? 'https' : 'http'}://${name}${usual ? '' : `:${port}`}`
}

test.group('WordPress, put in by hand', (group) => {
  let server: TestServer
  let domain: Domain
  let work: string
  let config: Parameters<typeof wordpressConfig>[0]

  group.tap((each) => each.timeout(180_000))
  group.setup(async () => {
    work = await mkdtemp(join(tmpdir(), 'wordpress-'))
    server = await testServer()
    domain = await server.addDomain(name, 1024)
    await domain.load('server')
    const made = await Database.add(domain, { name: 'wp', user: 'new' }, server.actor)
    await server.converge()
    const { user, password } = made.user!
    config = { database: made.database.name, user: user.name, password }
    return () => rm(work, { recursive: true })
  })

  /** lftp over OpenSSH, as an admin of a site would. */
  async function sftp(...commands: string[]) {
    const ssh =
      'ssh -a -x -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR'
    const script = [
      'set cmd:fail-exit yes',
      `set sftp:connect-program "${ssh}"`,
      `open -u "admin@${name},${testPassword}" sftp://${server.address}:11122`,
      ...commands,
    ]
    await execute('lftp', ['-c', script.join('; ')], { maxBuffer: 16 * 2 ** 20 })
  }

  function ask(url: string, ...argv: string[]) {
    const resolve = Object.values(doors).flatMap(({ port }) => [
      '--resolve',
      `${name}:${port}:${server.address}`,
    ])
    return curl(['-sk', '-m', '60', ...resolve, '-b', jar(), '-c', jar(), ...argv, url])
  }
  const jar = () => join(work, 'cookies')
  const form = (fields: Readonly<Record<string, string>>) =>
    Object.entries(fields).flatMap(([field, value]) => ['--data-urlencode', `${field}=${value}`])

  async function home(door: keyof typeof doors) {
    const { body } = await ask(`${addressOf(door)}/`)
    return body
  }

  async function usePhp(versions: readonly [string, string, string, string]) {
    await domain.refresh()
    const wish = Object.fromEntries(webPorts.map((port, index) => [port, versions[index]]))
    await domain.web.setPhpVersions(wish as unknown as PhpVersions, server.actor)
    await server.converge()
  }

  async function refuseErrors(
    page: string,
    assert: { notMatch(text: string, wrong: RegExp): void }
  ) {
    assert.notMatch(page, /Fatal error|Warning<\/b>|Error establishing|critical error/i)
  }

  test('WEB-06: its files go to the site over SFTP, and it installs itself with a database of the panel', async ({
    assert,
  }) => {
    await writeFile(join(work, 'wp-config.php'), wordpressConfig(config))
    await sftp(
      `mirror -R --parallel=4 ${await wordpressTree()} html`,
      `put -O html ${join(work, 'wp-config.php')}`,
      'rm html/index.html'
    )
    const address = addressOf('http')
    const asked = await ask(`${address}/wp-admin/install.php`)
    assert.include(asked.body, 'id="setup"')
    const { body } = await ask(`${address}/wp-admin/install.php?step=2`, ...form(wordpressInstall))
    assert.include(body, 'wp-login.php', body.slice(0, 2000))
    await refuseErrors(body, assert)
    assert.include(await home('http'), `<title>${wordpressInstall.weblog_title}</title>`)
  })

  for (const version of ['8.4', '8.2']) {
    test(`WEB-03: it works on PHP ${version}, over http and https, and its author signs in`, async ({
      assert,
    }) => {
      await usePhp([version, version, version, version])
      for (const door of ['http', 'https'] as const) {
        const page = await home(door)
        assert.include(page, `<title>${wordpressInstall.weblog_title}</title>`, door)
        assert.include(page, `${addressOf(door)}/`, door)
        assert.include(page, '</html>', door)
        await refuseErrors(page, assert)
      }
      await rm(jar(), { force: true })
      const address = addressOf('https')
      await ask(`${address}/wp-login.php`)
      const { user_name: log, admin_password: pwd } = wordpressInstall
      await ask(`${address}/wp-login.php`, ...form({ log, pwd, testcookie: '1' }))
      const { body } = await ask(`${address}/wp-admin/`)
      assert.include(body, 'id="wpadminbar"', body.slice(0, 500))
      await refuseErrors(body, assert)
    })
  }

  test('WEB-01: it writes its own .htaccess, and its readable addresses work', async ({
    assert,
  }) => {
    const page = `${addressOf('https')}/wp-admin/options-permalink.php`
    const { body } = await ask(page)
    const nonce = /name="_wpnonce" value="(\w+)"/.exec(body)?.[1] ?? ''
    const fields = {
      _wpnonce: nonce,
      selection: '/%postname%/',
      permalink_structure: '/%postname%/',
    }
    // It writes the file when its own page comes back.
    await ask(page, '-L', ...form({ ...fields, submit: 'on' }))
    const { stdout } = await server.exec(as(domain, 'cat', `${domain.root}/html/.htaccess`))
    assert.include(stdout, 'RewriteRule . /index.php [L]')
    const post = await ask(`${addressOf('http')}/hello-world/`, '-w', '%{http_code}')
    assert.match(post.body, /200$/)
    assert.include(post.body, 'wp-block-post-title')
  })

  test('WEB-02: a copy of it works on both staging ports, each with its own PHP, beside the public one', async ({
    assert,
  }) => {
    const staged = wordpressConfig({ ...config, prefix: 'stage_' })
    const { root } = domain
    await server.exec(as(domain, 'sh', '-c', `cp -a ${root}/html/. ${root}/html.stage`))
    await server.exec(as(domain, 'tee', `${root}/html.stage/wp-config.php`), staged)
    await server.exec(as(domain, 'rm', '-f', `${root}/html.stage/index.html`))
    await usePhp(['8.4', '8.2', '8.2', '8.4'])
    const install = `${addressOf('staging_http')}/wp-admin/install.php?step=2`
    await ask(install, ...form({ ...wordpressInstall, weblog_title: '準備中の店' }))
    for (const door of ['staging_http', 'staging_https'] as const) {
      const page = await home(door)
      assert.include(page, '<title>準備中の店</title>', door)
      await refuseErrors(page, assert)
    }
    for (const door of ['http', 'https'] as const) {
      assert.include(await home(door), `<title>${wordpressInstall.weblog_title}</title>`, door)
    }
  })
})
