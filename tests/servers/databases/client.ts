import { createWriteStream } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { gunzipSync } from 'node:zlib'
import { readFileSync } from 'node:fs'
import { mostDumpBytes } from '#config/databases'
import type Database from '#models/database'
import DatabaseTransfer from '#models/database_transfer'
import type Domain from '#models/domain'
import { openDump, sendDump } from '#monitoring/databases/transfers'
import type { TestServer } from '#tests/support/test_server'

export interface Login {
  readonly user: string
  readonly password?: string
  readonly database?: string
  readonly host?: string
}

/** The foreign client, as a program of that domain's Unix account. */
export function ask(server: TestServer, as: Domain, login: Login, statement: string) {
  const { user, password, database, host = 'localhost' } = login
  const argv = [
    ...['mariadb', '--no-defaults', '-N', '-B', `-h${host}`, `-u${user}`],
    ...(password ? [`-p${password}`] : []),
    ...(database ? [database] : []),
  ]
  return server.exec(['runuser', '-u', as.unixName, '--', ...argv], statement)
}

/** As MariaDB's root, who is the machine's. */
export async function root(server: TestServer, statement: string): Promise<string> {
  const { stdout, stderr } = await server.exec(['mariadb', '--no-defaults', '-N', '-B'], statement)
  return (stdout + stderr).trim()
}

/** As a customer does by upload; how it ended. */
export async function bring(
  server: TestServer,
  database: Database,
  content: Buffer | string,
  charset = 'utf8mb4'
): Promise<DatabaseTransfer> {
  const folder = await mkdtemp(join(tmpdir(), 'dump-'))
  const path = join(folder, 'dump')
  await writeFile(path, content)
  const wish = { fileName: 'dump.sql', bytes: content.length, charset }
  try {
    const transfer = await DatabaseTransfer.import(database, wish, server.actor, (id) =>
      sendDump(server.server, id, path, mostDumpBytes)
    )
    // A transfer that ends badly is a task that failed.
    await server.converge().catch(() => {})
    return await transfer.refresh()
  } finally {
    await rm(folder, { recursive: true })
  }
}

export async function takeDump(server: TestServer, name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dump-'))
  const path = join(folder, 'dump.gz')
  try {
    await pipeline(await openDump(server.server, name), createWriteStream(path))
    return gunzipSync(readFileSync(path)).toString('utf8')
  } finally {
    await rm(folder, { recursive: true })
  }
}
