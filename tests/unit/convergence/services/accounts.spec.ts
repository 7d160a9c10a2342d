import { test } from '@japa/runner'
import { accounts } from '#convergence/services/accounts/index'
import { type toDomainName } from '#convergence/syntax/names'
import { desiredDomain, desiredServer } from '#tests/unit/convergence/services/desired'

function files(...domains: Parameters<typeof desiredServer>[0]) {
  return new Map(
    accounts
      .serverResources(desiredServer(domains))
      .map((resource) =>
        resource.kind === 'file' ? [resource.path.split('/').at(-1)!, resource] : ['', undefined]
      )
  )
}

test.group('Accounts of a server', () => {
  test('WEB-01: a domain is one Unix account, and its admin signs in with the name he knows', ({
    assert,
  }) => {
    const found = files(desiredDomain(3))
    assert.equal(
      found.get('passwd')?.content,
      'tsukasa-lists:x:19996:19996::/nonexistent:/usr/sbin/nologin\n' +
        'tsukasa-policy:x:19997:19997::/nonexistent:/usr/sbin/nologin\n' +
        'd3:x:20003:20003::/data/domain/site3.example.jp:/bin/bash\n' +
        'admin@site3.example.jp:x:20003:20003::/data/domain/site3.example.jp:/bin/bash\n'
    )
    assert.equal(
      found.get('group')?.content,
      'tsukasa-mail:x:19998:\ntsukasa-lists:x:19996:\ntsukasa-policy:x:19997:\ntsukasa-ssh:x:19999:admin@site3.example.jp\nd3:x:20003:\n'
    )
    assert.match(
      found.get('shadow')!.content,
      /^d3:!:{7}\nadmin@site3\.example\.jp:\$2b\$10\$a+:{7}\n$/
    )
  })

  test('password hashes are secret, and only shadow readers see them', ({ assert }) => {
    const shadow = files(desiredDomain(3)).get('shadow')!
    assert.isTrue(shadow.secret)
    assert.deepEqual([shadow.owner, shadow.group, shadow.mode], ['root', 'shadow', 0o640])
  })

  test('a suspended domain cannot sign in', ({ assert }) => {
    const found = files(desiredDomain(3, { suspended: true }))
    assert.include(found.get('shadow')?.content, ':!$2b$10$')
    assert.include(found.get('group')?.content, 'tsukasa-ssh:x:19999:\n')
    assert.include(found.get('passwd')?.content, ':/usr/sbin/nologin')
  })

  test('SSH-03: where SSH is forbidden nobody is let in, and the password stays', ({ assert }) => {
    const open = files(desiredDomain(3))
    const closed = files(desiredDomain(3, { sshForbidden: true }), desiredDomain(4))
    assert.include(closed.get('group')?.content, 'tsukasa-ssh:x:19999:admin@site4.example.jp\n')
    assert.include(closed.get('shadow')?.content, open.get('shadow')!.content)
  })

  test('SSH-03: forbidding it ends what is open, too', ({ assert }) => {
    const markOf = (sshForbidden: boolean) => {
      const domain = desiredDomain(3, { sshForbidden })
      return accounts.domainResources(domain, desiredServer([domain]))
    }
    assert.notDeepEqual(markOf(true), markOf(false))
  })

  test('SSH-01: a new password signs out who came with the old one, and nobody else', ({
    assert,
  }) => {
    const domain = desiredDomain(3)
    const server = desiredServer([domain, desiredDomain(4)])
    const [resource] = accounts.domainResources(domain, server)
    const ended = (action: 'create' | 'update' | 'remove') =>
      accounts
        .activations([{ action, scope: 'domain:3', key: 'x', resource: resource! }], server)
        .map(({ argv }) => argv.at(-1))
    assert.deepEqual(ended('update'), ['20003'])
    assert.isEmpty([...ended('create'), ...ended('remove')])
  })

  test('REL-01: a name that would be another account is refused', ({ assert }) => {
    const name = 'x\nroot::0:0::/:/bin/sh' as ReturnType<typeof toDomainName>
    assert.throws(
      () => files(desiredDomain(3, { name, root: '/data/domain/x' as never })),
      /refused/
    )
  })
})
