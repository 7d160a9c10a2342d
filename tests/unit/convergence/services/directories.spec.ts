import { test } from '@japa/runner'
import type { Resource } from '#convergence/resource'
import { directories } from '#convergence/services/directories/index'
import { desiredDomain, desiredServer } from '#tests/unit/convergence/services/desired'

const domain = desiredDomain(5)
const root = '/data/domain/site5.example.jp'
const found = new Map<string, Resource>(
  directories
    .domainResources(domain, desiredServer([domain]))
    .flatMap((resource) =>
      'path' in resource ? [[`${resource.kind}:${resource.path}`, resource] as const] : []
    )
)

test.group('Directories of a domain', () => {
  test('DIR-01: the whole tree is there', ({ assert }) => {
    const names =
      'cgi-bin cgi-bin.stage cgi-data conf home html html.stage log share tmp var'.split(' ')
    for (const name of names) assert.isTrue(found.has(`directory:${root}/${name}`), name)
  })

  test('DIR-01: its root cannot be written by the customer, conf not even be seen', ({
    assert,
  }) => {
    assert.containSubset(found.get(`directory:${root}`), { owner: 0, group: 20005, mode: 0o750 })
    assert.containSubset(found.get(`directory:${root}/conf`), { owner: 0, mode: 0o700 })
    assert.containSubset(found.get(`directory:${root}/html`), { owner: 20005, mode: 0o700 })
  })

  test("DIR-02: a mailbox's home is its own, and goes with the mailbox", ({ assert }) => {
    const home = found.get(`directory:${root}/home/admin`)
    assert.containSubset(home, { owner: 30005, group: 20005, mode: 0o700, tree: true })
    assert.containSubset(found.get(`directory:${root}/home/admin/data`), {
      owner: 30005,
      seed: true,
    })
  })

  test('DIR-03: share has the sticky bit', ({ assert }) => {
    assert.containSubset(found.get(`directory:${root}/share`), { mode: 0o1777 })
  })

  test("PNL-05: the domain's volume has the size of its quota", ({ assert }) => {
    assert.containSubset(found.get(`volume:${root}`), { name: 'd5', sizeMb: 500 })
  })

  test("the first page is the customer's file", ({ assert }) => {
    const page = found.get(`file:${root}/html/index.html`)
    assert.containSubset(page, { owner: 20005, seed: true })
  })

  test('DIR-03: share is mounted for a new domain and taken away with its volume', ({ assert }) => {
    const change = (action: 'create' | 'remove', key: string) => {
      const resource = found.get(key)!
      return { action, scope: 'domain:5' as const, key, resource }
    }
    const server = desiredServer([domain])
    const ask = (...changes: ReturnType<typeof change>[]) =>
      directories.activations(changes, server)
    assert.lengthOf(ask(change('create', `directory:${root}/share`)), 1)
    assert.lengthOf(ask(change('remove', `volume:${root}`)), 1)
    assert.lengthOf(ask(change('create', `directory:${root}/home/admin`)), 0)
  })

  test('MAIL-01: what deleted users have open is ended by one command, and nobody else is', ({
    assert,
  }) => {
    const home = found.get(`directory:${root}/home/admin`)!
    const gone = (resource: typeof home, action: 'remove' | 'update' = 'remove') =>
      ({ action, scope: 'domain:5', key: 'x', resource }) as const
    const ended = (...changes: ReturnType<typeof gone>[]) =>
      directories.activations(changes, desiredServer([domain])).map(({ argv }) => argv.at(-1))
    const other = { ...home, owner: 30006 } as typeof home
    assert.deepEqual(ended(gone(home), gone(other)), ['30005,30006'])
    assert.deepEqual(ended(gone({ ...home, owner: 0 } as typeof home)), [])
    assert.deepEqual(ended(gone(home, 'update'), gone(found.get(`directory:${root}/html`)!)), [])
  })
})
