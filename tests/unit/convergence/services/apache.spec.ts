import { test } from '@japa/runner'
import type { FileResource, Resource } from '#convergence/resource'
import type { Change } from '#convergence/service'
import { apache } from '#convergence/services/apache/index'
import { backAddress } from '#convergence/services/apache/layout'
import { desiredDomain, desiredServer } from '#tests/unit/convergence/services/desired'

function fileOf(resources: readonly Resource[], path: string): FileResource {
  const found = resources.find((resource) => resource.kind === 'file' && resource.path === path)
  if (found?.kind !== 'file') throw new Error(`no ${path}`)
  return found
}

function changed(action: Change['action'], id: number, resource: Resource): Change {
  const path = 'path' in resource ? resource.path : ''
  return { action, scope: `domain:${id}`, key: `${resource.kind}:${path}`, resource }
}

const allOf = (domain = desiredDomain(7)) => apache.domainResources(domain, desiredServer([domain]))
const argvs = (changes: readonly Change[], server = desiredServer([])) =>
  apache.activations(changes, server).map(({ argv }) => argv.join(' '))

test.group('Web server of a domain', () => {
  test('DOM-03: its name, www and the test name lead to its own address', ({ assert }) => {
    for (const name of ['site7.example.jp', 'www.site7.example.jp', 't7.mngsv.biz']) {
      const { content } = fileOf(allOf(), `/etc/tsukasa/web/names/${name}`)
      assert.equal(content, 'd7 127.1.0.7 open\n')
    }
  })

  test('WEB-03: each port has its own PHP version', ({ assert }) => {
    const php = { http: '8.4', https: '8.2', stagingHttp: '8.2', stagingHttps: '8.4' }
    const { content } = fileOf(allOf(desiredDomain(7, { php })), '/etc/tsukasa/web/d7/site.conf')
    assert.deepEqual(
      [...content.matchAll(/<VirtualHost 127\.1\.0\.7:(\d+)>|d7-(8\.\d)\.sock/g)].map(
        ([, port, version]) => port ?? version
      ),
      ['880', '8.4', '881', '8.2', '882', '8.2', '883', '8.4']
    )
  })

  test('WEB-02: the staging ports serve the staging directories', ({ assert }) => {
    const { content } = fileOf(allOf(), '/etc/tsukasa/web/d7/site.conf')
    const roots = [...content.matchAll(/DocumentRoot (\S+)/g)].map(([, path]) => path)
    const root = '/data/domain/site7.example.jp'
    assert.deepEqual(roots, [
      `${root}/html`,
      `${root}/html`,
      `${root}/html.stage`,
      `${root}/html.stage`,
    ])
  })

  test('each slot is one address of its own', ({ assert }) => {
    const addresses = Array.from({ length: 65534 }, (_, index) => backAddress({ slot: index + 1 }))
    assert.lengthOf(new Set(addresses), 65534)
    assert.equal(addresses[299], '127.1.1.44')
    assert.throws(() => backAddress({ slot: 0 }), RangeError)
    assert.throws(() => backAddress({ slot: 65535 }), RangeError)
  })

  test('a new domain needs no reload, no restart and no unit', ({ assert }) => {
    const changes = allOf().map((resource) => changed('create', 7, resource))
    assert.deepEqual(argvs(changes), [])
    assert.isFalse(allOf().some(({ kind }) => kind === 'unit'))
  })

  test('REL-01: a changed site is reloaded alone, and only when it is awake', ({ assert }) => {
    const site = changed('update', 7, fileOf(allOf(), '/etc/tsukasa/web/d7/site.conf'))
    assert.deepEqual(argvs([site]), ['systemctl try-reload-or-restart -- tsukasa-web@d7.service'])
  })

  test('a suspended domain is stopped and answers 503', ({ assert }) => {
    const domain = desiredDomain(7, { suspended: true })
    const suspended = allOf(domain)
    const changes = suspended
      .filter((resource) => resource.kind === 'file' && resource.path.includes('/names/'))
      .map((resource) => changed('update', 7, resource))
    const [stop, end, ...more] = argvs(changes, desiredServer([domain, desiredDomain(8)]))
    assert.equal(stop, 'systemctl stop -- tsukasa-d7.slice')
    assert.match(end!, /^sh -c [^]*pkill -KILL [^]* sh d7 20007$/)
    assert.notInclude(end, 'find', 'his files stay')
    assert.isEmpty(more)
    const marks = (of: readonly Resource[]) =>
      of.filter((one) => 'path' in one && one.path.endsWith('/d7/open'))
    assert.lengthOf(marks(allOf()), 1, 'the unit starts only with this file')
    assert.isEmpty(marks(suspended))
    const probes = apache.probes(changes, desiredServer([]))
    assert.deepEqual(
      probes.map((probe) => (probe.kind === 'http' ? [probe.host, ...probe.expect] : [])),
      [
        ['site7.example.jp', 503],
        ['www.site7.example.jp', 503],
        ['t7.mngsv.biz', 503],
      ]
    )
  })

  test('DOM-05: a deleted domain is stopped, and what it left elsewhere goes', ({ assert }) => {
    const changes = allOf().map((resource) =>
      changed('remove', 7, resource.kind === 'file' ? { ...resource, content: '' } : resource)
    )
    const [stop, end, ...more] = argvs(changes)
    assert.equal(stop, 'systemctl stop -- tsukasa-d7.slice')
    assert.match(end!, /^sh -c [^]*pkill -KILL [^]*find \/tmp [^]* sh d7 20007$/)
    assert.isEmpty(more)
  })

  test('DOM-05: nothing of root or a daemon is ever ended for a domain', ({ assert }) => {
    const site = fileOf(allOf(), '/etc/tsukasa/web/d7/site.conf')
    for (const group of ['root', 0, 33])
      assert.throws(() => argvs([changed('remove', 7, { ...site, group })]), RangeError)
  })

  test('REL-01: a few sites are checked one by one, so that a mistake is blamed on its domain', ({
    assert,
  }) => {
    const site = (id: number) =>
      changed('create', id, fileOf(allOf(desiredDomain(id)), `/etc/tsukasa/web/d${id}/site.conf`))
    const one = apache.checks([site(7)], desiredServer([]))
    assert.equal(one[0]?.scope, 'domain:7')
    assert.include(one[0]?.argv.join(' '), 'Define account d7')
    const many = apache.checks([1, 2, 3, 4, 5].map(site), desiredServer([]))
    assert.lengthOf(many, 1)
    assert.include(many[0]?.argv.join(' '), 'Define account d*')
  })
})

test.group('Front of the server', () => {
  const server = desiredServer([desiredDomain(1), desiredDomain(2)])
  const { content } = fileOf(apache.serverResources(server), '/etc/apache2/apache2.conf')

  test('REL-04: it knows no domain and reads no file of one', ({ assert }) => {
    assert.notMatch(content, /example\.jp:|site1|\/data\/domain/)
    assert.include(content, 'AllowOverride None')
  })

  test('DIR-04: it listens on the four ports', ({ assert }) => {
    assert.deepEqual(
      [...content.matchAll(/^Listen (\d+)/gm)].map(([, port]) => port),
      ['80', '443', '11180', '11443']
    )
  })

  test('what a visitor claims about himself is removed', ({ assert }) => {
    for (const name of ['X-Forwarded-For', 'X-Forwarded-Proto', 'X-Tsukasa-Wake', 'Forwarded']) {
      assert.include(content, `RequestHeader unset ${name} early`)
    }
  })
})
