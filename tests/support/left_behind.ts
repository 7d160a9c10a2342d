import db from '@adonisjs/lucid/services/db'
import type { TestServer } from '#tests/support/test_server'

/** Instances and volumes of that name, as the daemon itself lists them, in whatever pool. */
export async function leftInLxd(server: TestServer, instance: string): Promise<string[]> {
  const { prefix, pool, backupPool } = server.facts
  const found = await listed(server, ['list', '--format', 'json'])
  const names = found.map(({ name }) => name).filter((name) => name === instance)
  const own = instance.slice(instance.lastIndexOf('-') + 1)
  for (const each of [pool, backupPool]) {
    if (!each) continue
    const volumes = await listed(server, ['storage', 'volume', 'list', each, '--format', 'json'])
    const left = volumes.filter(
      ({ name, config }) =>
        config?.['user.instance'] === instance || (name.startsWith(prefix) && name.endsWith(own))
    )
    names.push(...left.map(({ name }) => `${each}/${name}`))
  }
  return names
}

interface Listed {
  readonly name: string
  readonly config?: Readonly<Record<string, string>>
}

async function listed(server: TestServer, argv: readonly string[]): Promise<Listed[]> {
  const { stdout } = await server.lxc(argv)
  return JSON.parse(stdout)
}

/** Tables that may tell of a server that is gone: books, and what was done. */
const books = ['orders', 'fees', 'options', 'tasks', 'runs', 'server_rebuilds', 'backups']

/** Other tables in which something still refers to it. */
export async function leftInDatabase(serverId: number): Promise<string[]> {
  const left: string[] = []
  for (const table of await db.connection().getAllTables()) {
    if (books.includes(table)) continue
    const columns = await db.connection().columnsInfo(table)
    if (!('server_id' in columns)) continue
    const row = await db.from(table).where('server_id', serverId).first()
    if (row) left.push(table)
  }
  return left
}
