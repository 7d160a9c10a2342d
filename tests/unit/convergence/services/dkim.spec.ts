import { test } from '@japa/runner'
import type { DesiredDomain } from '#convergence/desired_server'
import type { Resource } from '#convergence/resource'
import type { Change } from '#convergence/service'
import { dkim } from '#convergence/services/dkim/index'
import { desiredDomain, desiredServer } from '#tests/unit/convergence/services/desired'

const signed = desiredDomain(7, { dkimSelector: 't2026', dkimPrivateKey: 'PEM' })
const unsigned = desiredDomain(8)

function contentOf(path: string, domains: readonly DesiredDomain[]): string {
  const found = dkim
    .serverResources(desiredServer(domains))
    .find((one) => 'path' in one && one.path === path)
  return found?.kind === 'file' ? found.content : ''
}

function changesOf(resources: readonly Resource[], action: Change['action'] = 'update'): Change[] {
  return resources.map((resource) => {
    const key = 'path' in resource ? `${resource.kind}:${resource.path}` : `unit:${resource.kind}`
    return { action, scope: 'server', key, resource }
  })
}

const activations = (changes: readonly Change[]) =>
  dkim.activations(changes, desiredServer([signed])).map(({ argv }) => argv.join(' '))

test.group('DKIM of a server', () => {
  test('MAIL-11: a key signs for its domain, and for the account of its programs', ({ assert }) => {
    const domains = [unsigned, signed]
    assert.equal(
      contentOf('/var/lib/tsukasa/dkim/keys', domains),
      'd7 site7.example.jp:t2026:/var/lib/tsukasa/dkim/d7.t2026.pem\n'
    )
    assert.equal(
      contentOf('/var/lib/tsukasa/dkim/senders', domains),
      'site7.example.jp d7\nd7@msv000001.example.jp d7\n'
    )
  })

  test('MAIL-11: the key is a secret of its own file, read by opendkim alone', ({ assert }) => {
    const [key, ...more] = dkim.domainResources(signed, desiredServer([signed]))
    assert.isEmpty(more)
    assert.include(key, { kind: 'file', secret: true, mode: 0o640, group: 'opendkim' })
    assert.isEmpty(dkim.domainResources(unsigned, desiredServer([unsigned])))
  })

  test('MAIL-11: the envelope says who signs, not the From line', ({ assert }) => {
    const conf = contentOf('/etc/opendkim.conf', [])
    assert.match(conf, /^SenderMacro \{mail_addr\}$/m)
    assert.match(conf, /^InternalHosts 127\.0\.0\.1$/m)
  })

  test('MAIL-11: a selector that is more than a name is not written', ({ assert }) => {
    for (const dkimSelector of ['a b', 'a:b', 'a\nb', '../a', '', 'A']) {
      const wrong = { ...signed, dkimSelector }
      assert.throws(() => dkim.serverResources(desiredServer([wrong])))
      assert.throws(() => dkim.domainResources(wrong, desiredServer([signed])))
    }
  })

  test('REL-02: a domain is one signal, the configuration a restart, a first start neither', ({
    assert,
  }) => {
    const server = desiredServer([signed])
    const resources = dkim.serverResources(server)
    const tables = resources.filter((one) => 'path' in one && one.path.startsWith('/var/lib'))
    const [configuration] = resources.filter(
      (one) => 'path' in one && one.path === '/etc/opendkim.conf'
    )
    assert.deepEqual(activations(changesOf([...tables, ...dkim.domainResources(signed, server)])), [
      'systemctl reload opendkim.service',
    ])
    assert.isEmpty(activations(changesOf(dkim.domainResources(signed, server))))
    assert.deepEqual(activations(changesOf([...tables, configuration])), [
      'systemctl try-restart opendkim.service',
    ])
    assert.isEmpty(activations(changesOf(resources, 'create')))
  })
})
