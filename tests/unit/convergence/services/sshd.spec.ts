import { test } from '@japa/runner'
import { sshd } from '#convergence/services/sshd/index'
import { desiredDomain, desiredServer } from '#tests/unit/convergence/services/desired'

const [conf] = sshd
  .serverResources(desiredServer([]))
  .flatMap((one) => (one.kind === 'file' ? [one.content] : []))
const [everyone, customers] = conf.split('Match Group tsukasa-ssh')

test.group('sshd of a server', () => {
  test('SSH-01: the panel comes with a key, customers with a password, nobody else', ({
    assert,
  }) => {
    assert.match(everyone, /^PermitRootLogin prohibit-password$/m)
    assert.match(everyone, /^PasswordAuthentication no$/m)
    assert.match(everyone, /^AllowGroups root tsukasa-ssh$/m)
    assert.match(customers, /^ {2}PasswordAuthentication yes$/m)
  })

  test("SSH-01: customers are kept in their domain's root, with SFTP only", ({ assert }) => {
    assert.match(customers, /^ {2}ChrootDirectory %h$/m)
    assert.match(customers, /^ {2}ForceCommand internal-sftp/m)
    assert.match(customers, /^ {2}DisableForwarding yes$/m)
  })

  test('SSH-01: keys lie where only root writes', ({ assert }) => {
    assert.match(everyone, /^AuthorizedKeysFile \/etc\/ssh\/authorized_keys\.d\/%u$/m)
  })

  test('REL-03: a change is guarded, checked and probed; a domain changes nothing', ({
    assert,
  }) => {
    const server = desiredServer([desiredDomain(1)])
    const [resource] = sshd.serverResources(server)
    const change = { action: 'update', scope: 'server', key: 'x', resource } as const
    assert.isTrue(sshd.guardsAccess)
    assert.deepEqual(sshd.checks([change], server), [{ argv: ['sshd', '-t'] }])
    assert.deepEqual(sshd.activations([change], server), [
      { argv: ['systemctl', 'reload', 'ssh.service'] },
    ])
    assert.lengthOf(sshd.probes([change], server), 1)
    assert.isEmpty(sshd.domainResources(desiredDomain(1), server))
  })
})
