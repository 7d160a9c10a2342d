import { test } from '@japa/runner'
import type { PowerDns } from '#clients/power_dns'
import { fetchOnSecondary } from '#jobs/name_servers/secondary_zone'

const zone = { name: 'example.jp', masters: ['192.0.2.1'] }

/** A secondary on which somebody else makes the zone after it was looked for, or nobody does. */
function busySecondary({ isMadeMeanwhile }: { isMadeMeanwhile: boolean }) {
  const asked: string[] = []
  const server = {
    async outline() {
      const isThere = isMadeMeanwhile && asked.includes('create')
      return isThere ? { kind: 'Slave', masters: zone.masters, lastCheck: 7 } : null
    },
    async create() {
      asked.push('create')
      throw new Error('500 UNIQUE constraint failed: domains.name')
    },
    async retrieve() {
      asked.push('retrieve')
    },
  }
  return { server: server as unknown as PowerDns, asked }
}

test.group('Zones on the secondary', () => {
  test('OPT-10: a zone that another task makes at the same moment is fetched all the same', async ({
    assert,
  }) => {
    const { server, asked } = busySecondary({ isMadeMeanwhile: true })
    await fetchOnSecondary(server, zone)
    assert.deepEqual(asked, ['create', 'retrieve'])
  })

  test('OPT-10: a secondary that can’t make the zone is told of', async ({ assert }) => {
    const { server, asked } = busySecondary({ isMadeMeanwhile: false })
    await assert.rejects(() => fetchOnSecondary(server, zone), /UNIQUE/)
    assert.deepEqual(asked, ['create'])
  })
})
