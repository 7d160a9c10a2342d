import { execFile } from 'node:child_process'
import { createPrivateKey } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import encryption from '@adonisjs/core/services/encryption'
import { test } from '@japa/runner'
import { serverSuffix } from '#config/domains'
import Certificate from '#models/certificate'
import { checkCertificate } from '#models/certificate/check'
import { webNames } from '#models/certificate/names'
import { certificatesIn } from '#models/certificate/read'
import type Domain from '#models/domain'
import { setHttps, stopCertificate } from '#models/domain/https'
import { CertificateAuthority, type Made, type Wish } from '#tests/support/certificate_authority'
import { ForeignVisitor } from '#tests/support/foreign_visitor'
import { testServer, type TestServer } from '#tests/support/test_server'

const name = 'tls-test.jp'

test.group('Certificates on a real server, by foreign clients', (group) => {
  let server: TestServer
  let root: CertificateAuthority
  let domain: Domain
  let other: Domain
  let folder: string
  group.setup(async () => {
    server = await testServer()
    domain = await server.addDomain(name)
    other = await server.addDomain('tls-other.jp')
    root = await CertificateAuthority.create()
    folder = await mkdtemp(join(tmpdir(), 'tsukasa-tls-'))
    await writeFile(join(folder, 'root.pem'), root.certificate)
    return () => rm(folder, { recursive: true, force: true })
  })

  function tool(program: string, ...argv: string[]) {
    return new Promise<{ status: number; stdout: string; stderr: string }>((resolve) => {
      const child = execFile(program, argv, { timeout: 20_000 }, (error, stdout, stderr) =>
        resolve({ status: error ? Number(error.code) : 0, stdout, stderr })
      )
      child.stdin?.on('error', () => undefined).end('')
    })
  }

  /** As a browser that knows the authority; rejects nothing by itself. */
  function curl(url: string, ...more: string[]) {
    const { hostname, port, protocol } = new URL(url)
    const at = port || (protocol === 'https:' ? '443' : '80')
    const resolve = ['--resolve', `${hostname}:${at}:${server.address}`]
    return tool(
      'curl',
      '-sS',
      '-m',
      '15',
      '--cacert',
      join(folder, 'root.pem'),
      ...resolve,
      ...more,
      url
    )
  }

  async function codeOf(url: string, format = '%{http_code}') {
    const { stdout } = await curl(url, '-o', '/dev/null', '-w', format)
    return stdout
  }

  /** The subject of what is shown for a name on a port. */
  async function shown(host: string, port: number, ...more: string[]) {
    const place = ['-connect', `${server.address}:${port}`, '-servername', host]
    const { stdout } = await tool(
      'openssl',
      's_client',
      ...place,
      '-CAfile',
      join(folder, 'root.pem'),
      ...more
    )
    return {
      subject: /^subject=(.*)$/m.exec(stdout)?.[1],
      verified: /^ *Verify return code: (\d+)/m.exec(stdout)?.[1],
      protocol: /^ALPN protocol: (\S+)$/m.exec(stdout)?.[1],
      count: stdout.match(/^ *\d+ s:/gm)?.length ?? 0,
    }
  }

  async function subjectOf(host: string, port: number) {
    const { subject } = await shown(host, port)
    return subject
  }

  async function protocolOf(host: string, port: number, ...more: string[]) {
    const { protocol } = await shown(host, port, ...more)
    return protocol
  }

  async function upload(of: Domain, made: Made, chain = '') {
    const key = createPrivateKey(made.key)
    const certificates = certificatesIn(made.certificate + chain + root.certificate, 'certificate')
    const checked = checkCertificate({ certificates, key, wanted: webNames(of.name) })
    const wish = { source: 'upload', key, names: checked.names, checked } as const
    const kept = await Certificate.upload(of, wish, server.actor)
    await of.refresh()
    if (of.certificateId !== kept.id) await kept.useFor(of, server.actor, of.certificateId)
    await server.converge()
    await of.refresh()
  }

  const issue = (wish: Wish = {}) =>
    root.issue({
      names: [name, `www.${name}`, `mail.${name}`, `autoconfig.${name}`, `mta-sts.${name}`],
      ...wish,
    })

  test('OPT-05: before there is one, the server’s own is shown', async ({ assert }) => {
    const { subject } = await shown(name, 443)
    assert.equal(subject, `CN = ${server.server.hostname}`)
  })

  test('OPT-05: an uploaded certificate with its chain is shown by name on both ports, to nobody else', async ({
    assert,
  }) => {
    const middle = await root.intermediate()
    const made = await middle.issue({
      names: [name, `www.${name}`, `mail.${name}`, `autoconfig.${name}`, `mta-sts.${name}`],
    })
    const visitor = new ForeignVisitor(server, other.name)
    await upload(domain, made, middle.certificate)
    await visitor.leave()
    assert.deepEqual(visitor.missed, [])
    for (const port of [443, 11443]) {
      for (const host of [name, `www.${name}`]) {
        const seen = await shown(host, port)
        assert.deepEqual([seen.subject, seen.verified, seen.count], [`CN = ${name}`, '0', 2])
      }
      const foreign = await shown(other.name, port)
      assert.equal(foreign.subject, `CN = ${server.server.hostname}`)
    }
    assert.equal(await codeOf(`https://${name}/`), '200')
    assert.equal(await codeOf(`https://www.${name}:11443/`), '200')
  })

  test('OPT-05: a name in the greeting says nothing about whose site is shown', async ({
    assert,
  }) => {
    const { stdout } = await curl(
      `https://${name}/`,
      '-H',
      `Host: ${other.name}`,
      '-o',
      '/dev/null',
      '-w',
      '%{http_code}'
    )
    assert.oneOf(stdout, ['200', '421'])
    const { body } = await server.http(other.name, '/', { port: 443, tls: true })
    assert.include(body, 'ここはまだ準備中です')
  })

  test('OPT-05: a renewed one takes its place; a bad one leaves it, and nobody else notices', async ({
    assert,
  }) => {
    await upload(domain, await issue({ key: 'rsa-2048', subject: 'CN=renewed' }))
    assert.equal(await subjectOf(name, 443), 'CN = renewed')

    // Past the checks of the panel: what the server itself makes of it
    const before = await Certificate.findOrFail(domain.certificateId)
    const foreign = await issue({ subject: 'CN=bad' })
    const { privateKey } = before
    await before.merge({ privateKey: encryption.encrypt(foreign.key) }).save()
    await server.convergeAll()
    assert.equal(await subjectOf(name, 443), 'CN = renewed')
    assert.equal(await codeOf(`http://${other.name}/`), '200')
    await domain.refresh()
    assert.isNotNull(domain.applyError)
    await other.refresh()
    assert.isNull(other.applyError)

    await before.merge({ privateKey }).save()
    await server.convergeAll()
    await domain.refresh()
    assert.isNull(domain.applyError)
  })

  test('OPT-05: only root reads a key', async ({ assert }) => {
    const { stdout } = await server.exec([
      'sh',
      '-c',
      `stat -c '%a %U' /etc/tsukasa/web/tls/*.key /var/lib/tsukasa/postfix; ls -l /var/lib/tsukasa/postfix/maps.sqlite`,
    ])
    assert.match(stdout, /^(600 root\n)+750 root\n/)
    const found = await server.exec([
      'setpriv',
      `--reuid=${other.uid}`,
      `--regid=${other.uid}`,
      '--clear-groups',
      'cat',
      `/etc/tsukasa/web/tls/d${domain.id}.key`,
    ])
    assert.notEqual(found.status, 0)
  })

  test('MAIL-02: mail programs are shown it for the domain’s names, at once', async ({
    assert,
  }) => {
    for (const [port, ...more] of [
      [993],
      [995],
      [465],
      [587, '-starttls', 'smtp'],
      [25, '-starttls', 'smtp'],
      [143, '-starttls', 'imap'],
    ] as const) {
      const seen = await shown(`mail.${name}`, port, ...more)
      assert.deepEqual([seen.subject, seen.verified], ['CN = renewed', '0'], String(port))
      const foreign = await shown('elsewhere.example', port, ...more)
      assert.equal(foreign.subject, `CN = ${server.server.hostname}`, String(port))
    }
  })

  test('MAIL-11: autoconfig and the policy of MTA-STS are served over a valid connection', async ({
    assert,
  }) => {
    await domain.mail.setMtaSts('enforce', server.actor)
    await server.converge()
    const policy = await curl(`https://mta-sts.${name}/.well-known/mta-sts.txt`)
    assert.include(policy.stdout, 'mode: enforce')
    const settings = await curl(`https://autoconfig.${name}/mail/config-v1.1.xml`)
    assert.include(settings.stdout, '<clientConfig')
  })

  test('WEB-09: HTTP leads to HTTPS only for names that the certificate covers, with path and query', async ({
    assert,
  }) => {
    await upload(domain, await root.issue({ names: [name] }))
    await setHttps(domain, { redirect: true, hstsSeconds: 300, http2: true }, server.actor)
    await server.converge()
    const where = (url: string) => codeOf(url, '%{http_code} %{redirect_url}')
    assert.equal(
      await where(`http://${name}/a%3Fb%20c/?x=1&y=%2F`),
      `301 https://${name}/a%3Fb%20c/?x=1&y=%2F`
    )
    assert.equal(await where(`http://www.${name}/`), '200 ')
    assert.equal(await where(`http://${domain.testName}/`), '200 ')
    assert.equal(await where(`http://${name}:11180/`), '200 ')
    assert.notMatch(
      await where(`http://${name}/.well-known/acme-challenge/abcdefghijklmnop`),
      /^301/
    )
    assert.equal(await where(`https://${name}/`), '200 ')
  })

  test('WEB-09: HSTS is said over TLS alone, for names that are covered', async ({ assert }) => {
    const header = async (url: string) => {
      const { stdout } = await curl(url, '-k', '-D', '-', '-o', '/dev/null')
      return stdout
    }
    assert.match(await header(`https://${name}/`), /^strict-transport-security: max-age=300\r$/im)
    for (const url of [`http://${name}/`, `https://www.${name}/`, `https://${other.name}/`]) {
      assert.notMatch(await header(url), /strict-transport-security/i, url)
    }
  })

  test('WEB-09: HTTP/2 is switched per domain', async ({ assert }) => {
    const alpn = ['-alpn', 'h2,http/1.1']
    assert.equal(await protocolOf(name, 443, ...alpn), 'h2')
    await setHttps(domain, { redirect: true, hstsSeconds: 300, http2: false }, server.actor)
    await server.converge()
    assert.equal(await protocolOf(name, 443, ...alpn), 'http/1.1')
    assert.equal(await protocolOf(other.name, 443, ...alpn), 'h2')
  })

  test('WEB-09: a redirect is on and off without a reload', async ({ assert }) => {
    const starts = async () => {
      const { stdout } = await server.exec([
        'grep',
        '-c',
        'resuming normal',
        '/var/log/apache2/error.log',
      ])
      return stdout
    }
    await setHttps(domain, { redirect: false, hstsSeconds: 0, http2: false }, server.actor)
    const before = await starts()
    await server.converge()
    assert.equal(await codeOf(`http://${name}/`), '200')
    assert.equal(await starts(), before)
  })

  test('OPT-05: without it, nothing of it stays', async ({ assert }) => {
    await stopCertificate(domain, server.actor)
    await server.converge()
    assert.equal(await subjectOf(name, 443), `CN = ${server.server.hostname}`)
    assert.equal(await subjectOf(`mail.${name}`, 993), `CN = ${server.server.hostname}`)
    assert.equal(await subjectOf(`mail.${name}`, 465), `CN = ${server.server.hostname}`)
    const { stdout } = await server.exec(['sh', '-c', `ls /etc/tsukasa/web/tls /etc/dovecot/sni`])
    assert.notInclude(stdout, `d${domain.id}.`)
  })

  test('DOM-03: the provider’s own is shown for names that he gives out, on the web and for mail', async ({
    assert,
  }) => {
    const made = await root.issue({ names: [`*.${serverSuffix}`], subject: 'CN=provider' })
    const texts = { chain: made.certificate + root.certificate, key: made.key }
    const { id } = await Certificate.provide(texts, serverSuffix)
    await server.converge()
    const { hostname } = server.server
    for (const [host, port] of [
      [domain.testName, 443],
      [other.testName, 11443],
      [hostname, 465],
      [hostname, 993],
    ] as const) {
      const seen = await shown(host, port)
      assert.deepEqual([seen.subject, seen.verified], ['CN = provider', '0'], `${host} ${port}`)
    }
    assert.equal(await codeOf(`https://${other.testName}/`), '200')
    await Certificate.query().where('id', id).delete()
    await server.convergeAll()
    assert.equal(await subjectOf(hostname, 465), `CN = ${hostname}`)
    assert.equal(await subjectOf(domain.testName, 443), `CN = ${hostname}`)
  })
})
