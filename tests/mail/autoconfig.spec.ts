import { request } from 'node:http'
import { test } from '@japa/runner'
import type Domain from '#models/domain'
import { statusOf } from '#tests/mail/clients'
import { testServer, type Answer, type TestServer } from '#tests/support/test_server'

const name = 'autoconfig-test.jp'

async function bodyOf(answer: Promise<Answer>) {
  const { body } = await answer
  return body
}
const schema = 'http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a'

const asking = (address: string, accepts = schema) => `<?xml version="1.0" encoding="utf-8"?>
<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006">
  <Request>
    <EMailAddress>${address}</EMailAddress>
    <AcceptableResponseSchema>${accepts}</AcceptableResponseSchema>
  </Request>
</Autodiscover>`

test.group('What a real server tells mail clients', (group) => {
  let server: TestServer
  let domain: Domain
  group.setup(async () => {
    server = await testServer()
    domain = await server.addDomain(name)
  })

  const config = (host: string, path: string, tls = false) =>
    server.http(host, path, tls ? { tls, port: 443 } : {})

  function post(host: string, body: string, path = '/autodiscover/autodiscover.xml') {
    return new Promise<Answer>((resolve, reject) => {
      const headers = { 'Host': host, 'Content-Type': 'text/xml' }
      const options = { host: server.address, path, method: 'POST', headers, timeout: 20_000 }
      const sent = request(options, async (response) => {
        let text = ''
        for await (const chunk of response.setEncoding('utf8')) text += chunk
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text })
      })
      sent.on('error', reject)
      sent.end(body)
    })
  }

  async function reloads() {
    const { stdout } = await server.exec(['systemctl', 'show', '-P', 'NRestarts', 'apache2'])
    const log = await server.exec(['grep', '-c', 'resuming normal', '/var/log/apache2/error.log'])
    return `${stdout} ${log.stdout}`
  }

  const places = [
    [`autoconfig.${name}`, '/mail/config-v1.1.xml'],
    [`autoconfig.${name}`, '/mail/config-v1.1.xml?emailaddress=taro%40autoconfig-test.jp'],
    [name, '/.well-known/autoconfig/mail/config-v1.1.xml'],
  ] as const
  for (const tls of [false, true]) {
    for (const [host, path] of places) {
      test(`MAIL-11: Thunderbird finds its settings at ${tls ? 'https' : 'http'}://${host}${path}`, async ({
        assert,
      }) => {
        const { status, headers, body } = await config(host, path, tls)
        assert.equal(status, 200)
        assert.match(String(headers['content-type']), /^text\/xml/)
        const hostnames = [...body.matchAll(/<hostname>(.*?)<\/hostname>/g)].map(([, of]) => of)
        assert.deepEqual([...new Set(hostnames)], [server.server.hostname])
        assert.include(body, '<username>%EMAILADDRESS%</username>')
        const doors = [
          ...body.matchAll(/type="(\w+)">[^]*?<port>(\d+)<\/port>\s*<socketType>(\w+)</g),
        ]
        assert.deepEqual(
          doors.map(([, type, port, by]) => `${type} ${port} ${by}`),
          ['imap 993 SSL', 'imap 143 STARTTLS', 'pop3 995 SSL', 'smtp 465 SSL', 'smtp 587 STARTTLS']
        )
      })
    }
  }

  test('MAIL-11: other paths and names are left to the site', async ({ assert }) => {
    const site = await config(name, '/mail/config-v1.1.xml')
    assert.equal(site.status, 404)
    assert.notInclude(site.body, 'clientConfig')
    for (const host of ['autoconfig.unknown.invalid', 'autoconfig.', `x.autoconfig.${name}`]) {
      const { status } = await config(host, '/mail/config-v1.1.xml')
      assert.oneOf(status, [400, 404], host)
    }
    const listed = await config(`autoconfig.${name}`, '/')
    assert.equal(listed.status, 404)
  })

  for (const host of [`autodiscover.${name}`, name]) {
    test(`MAIL-11: Outlook finds the settings of its user at ${host}`, async ({ assert }) => {
      const { status, headers, body } = await post(host, asking(`Taro@${name}`))
      assert.equal(status, 200)
      assert.match(String(headers['content-type']), /^text\/xml/)
      assert.include(body, `<LoginName>taro@${name}</LoginName>`)
      const servers = [...body.matchAll(/<Server>(.*?)<\/Server>\s*<Port>(\d+)</g)]
      assert.deepEqual(
        servers.map(([, of, port]) => `${of}:${port}`),
        [993, 995, 465].map((port) => `${server.server.hostname}:${port}`)
      )
      const upper = await post(host, asking(`taro@${name}`), '/Autodiscover/Autodiscover.xml')
      assert.equal(upper.status, 200)
    })
  }

  test('MAIL-11: a GET is answered without a login name', async ({ assert }) => {
    const { status, body } = await config(name, '/autodiscover/autodiscover.xml')
    assert.equal(status, 200)
    assert.notInclude(body, 'LoginName')
  })

  test('MAIL-11: autodiscover answers nonsense in no other way, and stays up', async ({
    assert,
  }) => {
    const odd = [
      '',
      '\0'.repeat(100),
      asking('a</EMailAddress><Evil>'),
      asking('"><script>@x.jp'),
      asking(`taro\r\nX: y@${name}`),
      '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + asking('&x;@a.jp'),
    ]
    for (const body of odd) {
      const answer = await post(name, body)
      assert.equal(answer.status, 200)
      assert.notMatch(answer.body, /LoginName|Evil|script|root:/)
    }
    assert.include(await bodyOf(post(name, asking('a@b.jp', 'x/mobilesync/y'))), '601')
    assert.equal(await statusOf(post(name, 'x'.repeat(20_000))), 413)
    const many = Array.from({ length: 60 }, () => post(name, asking(`taro@${name}`)))
    for (const status of await Promise.all(many.map(statusOf))) assert.equal(status, 200)
  })

  test('MAIL-11: the policy of a domain is what it was set to, without a reload', async ({
    assert,
  }) => {
    const policy = () => config(`mta-sts.${name}`, '/.well-known/mta-sts.txt', true)
    assert.equal(await statusOf(policy()), 404)
    const before = await reloads()
    for (const [mode, age] of [
      ['testing', 86_400],
      ['enforce', 604_800],
    ] as const) {
      await domain.merge({ mtaSts: mode }).save()
      await server.convergeAll()
      const { status, headers, body } = await policy()
      assert.equal(status, 200)
      assert.match(String(headers['content-type']), /^text\/plain/)
      const lines = ['version: STSv1', `mode: ${mode}`, `mx: ${server.server.hostname}`]
      assert.equal(body, [...lines, `max_age: ${age}`, ''].join('\n'))
    }
    await domain.merge({ mtaSts: 'none' }).save()
    await server.convergeAll()
    assert.equal(await statusOf(policy()), 404)
    assert.equal(await reloads(), before)
  })

  test('MAIL-10: a domain whose mail is elsewhere says nothing about it', async ({ assert }) => {
    await domain.merge({ outMx: true, mtaSts: 'enforce' }).save()
    await server.convergeAll()
    const host = `autoconfig.${name}`
    assert.equal(await statusOf(config(host, '/mail/config-v1.1.xml')), 404)
    assert.notInclude(await bodyOf(post(name, asking(`taro@${name}`))), 'LoginName')
    const policy = await config(`mta-sts.${name}`, '/.well-known/mta-sts.txt')
    assert.equal(policy.status, 404)
    await domain.merge({ outMx: false, mtaSts: 'none' }).save()
    await server.convergeAll()
    assert.equal(await statusOf(config(host, '/mail/config-v1.1.xml')), 200)
  })

  test('MAIL-11: the responder is nobody, on no network', async ({ assert }) => {
    await post(name, asking(`taro@${name}`))
    const { stdout } = await server.exec([
      'sh',
      '-c',
      'pid=$(systemctl show -P MainPID tsukasa-autodiscover); ps -o user= -p $pid; ls /proc/$pid/ns >/dev/null; nsenter -t $pid -n ip -o link | grep -vc " lo:"',
    ])
    const [user, cards] = stdout.trim().split('\n')
    assert.notInclude(['root', 'www-data'], user)
    assert.equal(Number(cards), 0)
  })
})
