import { test } from '@japa/runner'
import type { DesiredServer } from '#convergence/desired_server'
import { inOrder } from '#convergence/engine/service_order'
import { type Resource, resourceKey, type Scope } from '#convergence/resource'
import type { Service } from '#convergence/service'
import { services } from '#convergence/services/index'
import { desiredDomain, desiredServer } from '#tests/unit/convergence/services/desired'

const [one, two] = [desiredDomain(1), desiredDomain(2)]

function allOf(service: Service, server: DesiredServer): [Scope, Resource][] {
  return [
    ...service.serverResources(server).map((resource): [Scope, Resource] => ['server', resource]),
    ...[...server.details.values()].flatMap((domain) =>
      service
        .domainResources(domain, server)
        .map((resource): [Scope, Resource] => [`domain:${domain.id}`, resource])
    ),
  ]
}

test.group('Every service', () => {
  for (const service of services) {
    test(`REL-02: ${service.name} gives the same for the same server`, ({ assert }) => {
      const server = desiredServer([one, two])
      assert.deepEqual(allOf(service, server), allOf(service, server))
    })

    test(`REL-02: ${service.name} renders server-wide things alike in a narrow and a full apply`, ({
      assert,
    }) => {
      assert.deepEqual(
        service.serverResources(desiredServer([one, two], [two])),
        service.serverResources(desiredServer([one, two]))
      )
    })

    test(`REL-02: ${service.name} renders a domain alike, whoever else is on the server`, ({
      assert,
    }) => {
      assert.deepEqual(
        service.domainResources(one, desiredServer([one])),
        service.domainResources(one, desiredServer([one, two], [one]))
      )
    })

    test(`${service.name} asks for nothing when nothing changes`, ({ assert }) => {
      const server = desiredServer([one])
      assert.isEmpty(service.probes([], server))
    })

    test(`REL-04: ${service.name} keeps what customers may write out of root's hands`, ({
      assert,
    }) => {
      const writable = /^\/data\/domain\/[^/]+\/(html|cgi-|var|tmp|backup|home\/[^/]+\/)/
      for (const [, resource] of allOf(service, desiredServer([one, two]))) {
        if (resource.kind === 'file' && writable.test(resource.path)) assert.isTrue(resource.seed)
      }
    })
  }

  test('REL-02: no two things have the same identity', ({ assert }) => {
    const server = desiredServer([one, two])
    const keys = services.flatMap((service) =>
      allOf(service, server).map(([scope, resource]) => resourceKey(resource, scope))
    )
    assert.deepEqual(
      keys.filter((key, index) => keys.indexOf(key) !== index),
      []
    )
  })

  test('REL-01: services can be ordered', ({ assert }) => {
    assert.lengthOf(inOrder(services), services.length)
  })
})
