import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createWriteStream } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { ask, Running } from '#backup/ends'
import { codeOf, directoriesIn, machineOf, serverOf } from '#backup/generation'
import { BackupProblem } from '#backup/problem'
import { relay } from '#backup/relay'
import { collations } from '#convergence/services/mariadb/accounts'
import type Backup from '#models/backup'
import type BackupHost from '#models/backup_host'
import { idMap, ownersOfDomain, ownersOfServer } from '#models/backup/owners'
import type { Part } from '#models/backup/part'
import type BackupRestore from '#models/backup_restore'
import Database from '#models/database'
import { prefixOf } from '#models/database/name'
import type Domain from '#models/domain'
import type Server from '#models/server'
import { runTransfer, sendDump } from '#monitoring/databases/transfers'

export interface Return {
  readonly restore: BackupRestore
  readonly backup: Backup
  readonly host: BackupHost
  readonly server: Server
  readonly signal: AbortSignal
  readonly tell: (percent: number) => void
}

interface Contents {
  /** Bytes by part: `html`, `home/sato`. */
  readonly sizes: ReadonlyMap<string, number>
  /** Without the domain's prefix. */
  readonly databases: readonly string[]
}

/** What a generation holds; rejects with `gone` when it is no more. */
export async function contentsOf(backup: Backup, host: BackupHost, signal?: AbortSignal) {
  const given = [host.directory, backup.set, backup.id]
  const { sizes, databases } = await ask('store', machineOf(host), 'list', given, { signal })
  const contents: Contents = {
    sizes: new Map(Object.entries(sizes ?? {}).map(([name, size]) => [name, Number(size)])),
    databases: Array.isArray(databases) ? databases.map(String) : [],
  }
  return contents
}

/** Everything of a domain; the panel has made its accounts and databases by now. */
export async function bringEverything(work: Return, domain: Domain): Promise<Part[]> {
  const contents = await contentsOf(work.backup, work.host, work.signal)
  work.tell(5)
  const place = placeOf(domain)
  await refuseWithoutRoom(work, sum(contents.sizes.values()), place)
  const files = await attempt('files', () => bringFiles(work, domain))
  work.tell(70)
  const databases = await bringDatabases(work, domain, contents.databases)
  return [...files, ...databases]
}

async function bringFiles(work: Return, domain: Domain): Promise<Part[]> {
  const place = placeOf(domain)
  const { restore, backup, signal } = work
  const isHurt = await push(work, await mapFor(backup, domain), [], place)
  work.tell(60)
  const since = Math.floor(backup.createdAt.toSeconds())
  const limits = { signal, longestMs: 3600_000 }
  const given = [restore.id, since, ...place]
  const { parts } = await ask('server', serverOf(work.server), 'switch', given, limits)
  await clear(work, place)
  return Object.entries(parts ?? {}).map(([name, result]) => ({
    name,
    result: result === 'done' && isHurt(name) ? 'partial' : String(result),
  }))
}

/**
 * Whether what is kept can be brought back: all files go to the server by the same way, into a place that only root enters, and are
 * compared there with what the host has; dumps are unpacked and looked at. Nothing of the customer's is touched.
 */
export async function tryOut(work: Return): Promise<Part[]> {
  const { restore, backup, host, server, signal } = work
  const { sizes } = await contentsOf(backup, host, signal)
  await refuseWithoutRoom(work, sum(sizes.values()), testPlace)
  const given = [host.directory, backup.set, backup.id]
  const limits = { signal, longestMs: 3600_000 }
  try {
    await push(work, idMap(backup.ownerMap, backup.ownerMap, nobody), [], testPlace)
    const owners = Object.values(backup.ownerMap).join(',')
    const kept = await ask('store', machineOf(host), 'tree_sum', [...given, owners], limits)
    const here = await ask('server', serverOf(server), 'compare', [restore.id, owners], limits)
    const isSame = typeof kept.sum === 'string' && kept.sum === here.sum && Number(kept.count) > 0
    const { parts } = await ask('store', machineOf(host), 'dumps_whole', given, limits)
    const dumps = Object.entries(parts ?? {})
    return [
      { name: 'files', result: isSame ? 'done' : 'different' },
      ...dumps.map(([name, result]) => ({ name: `database/${name}`, result: String(result) })),
    ]
  } finally {
    await clear(work, testPlace).catch(() => {})
  }
}

const testPlace = ['test'] as const

/** By whom they were then, by account: ids are a server's own. */
async function mapFor(backup: Backup, domain: Domain) {
  return idMap(backup.ownerMap, await ownersOfDomain(domain), domain.uid)
}

/** Messages that are in the backup and not in the mailbox. */
export async function bringMailbox(work: Return, domain: Domain, localPart: string) {
  const part = `home/${localPart}`
  const { sizes } = await contentsOf(work.backup, work.host, work.signal)
  if (!sizes.has(part)) return [{ name: part, result: 'missing' }]
  const place = placeOf(domain)
  await refuseWithoutRoom(work, sizes.get(part)!, place)
  work.tell(20)
  return attempt(part, async () => {
    const isHurt = await push(work, await mapFor(work.backup, domain), [part], place)
    work.tell(70)
    const given = [work.restore.id, localPart, ...place]
    const limits = { signal: work.signal, longestMs: 3600_000 }
    await ask('server', serverOf(work.server), 'mailbox', given, limits)
    await clear(work, place)
    return [{ name: part, result: isHurt(part) ? 'partial' : 'done' }]
  })
}

/** What all domains of a server share: names that are free come back. */
export async function bringShare(work: Return): Promise<Part[]> {
  const { sizes } = await contentsOf(work.backup, work.host, work.signal)
  await refuseWithoutRoom(work, sum(sizes.values()), ['share'])
  return attempt('share', async () => {
    const map = idMap(work.backup.ownerMap, await ownersOfServer(work.server.id), nobody)
    const isHurt = await push(work, map, [], ['share'])
    const given = [work.restore.id]
    await ask('server', serverOf(work.server), 'switch_share', given, { signal: work.signal })
    await clear(work, ['share'])
    return [{ name: 'share', result: isHurt('share') ? 'partial' : 'done' }]
  })
}

const nobody = 65534

/** Answers of which parts something could not be made, such as what nobody but root may make: the rest comes back. */
async function push(
  { restore, backup, host, server, signal }: Return,
  map: string,
  parts: readonly string[],
  place: readonly (string | number)[]
): Promise<(part: string) => boolean> {
  const { store, words } = await relay(
    {
      machine: machineOf(host),
      verb: 'push',
      given: [host.directory, backup.set, backup.id, map, ...parts],
    },
    { machine: serverOf(server), verb: 'write', given: [restore.id, ...place] },
    signal
  )
  const all = `${String(store.words)} ${words}`
  if (store.code !== 'done' && store.code !== 'partial')
    throw new BackupProblem(String(store.code), all.slice(-600))
  // What the server can't make it says itself; the host hears nothing of it.
  const hurt = directoriesIn(all)
  const isAnywhere = store.code === 'partial' && hurt.size === 0
  return (part) => isAnywhere || hurt.has(part.split('/', 1)[0]!)
}

/** What was put together and what was replaced; nobody wants half of it. */
export function clear({ server }: Pick<Return, 'server'>, place: readonly (string | number)[]) {
  return ask('server', serverOf(server), 'clear', place)
}

/** One after the other; each is again as it was then, with nothing else in it. */
export async function bringDatabases(work: Return, domain: Domain, names: readonly string[]) {
  const parts: Part[] = []
  for (const [index, name] of names.entries()) {
    work.signal.throwIfAborted()
    parts.push(
      ...(await attempt(`database/${name}`, () => bringDatabase(work, domain, name, index)))
    )
    work.tell(70 + (29 * (index + 1)) / names.length)
  }
  return parts
}

async function bringDatabase(work: Return, domain: Domain, dump: string, index: number) {
  const part = `database/${dump}`
  const name = `${prefixOf(domain)}${dump}`
  const database = await Database.query().where({ domainId: domain.id, name }).first()
  if (!database) return [{ name: part, result: 'no_place' }]
  const folder = await mkdtemp(join(tmpdir(), 'tsukasa-restore-'))
  try {
    const file = join(folder, 'dump')
    await fetchDump(work, dump, file)
    const spooled = firstSpooled + work.restore.id * 1000 + index
    await sendDump(work.server, spooled, file, mostDumpBytes)
    const { charset } = database
    const given = [String(spooled), name, 'utf8mb4', charset, collations[charset], 'afresh']
    const problem = await runTransfer(work.server, ['import', ...given], work.signal, () => {})
    if (problem) throw new BackupProblem(problem.reason, problem.words ?? problem.reason)
    return [{ name: part, result: 'done' }]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Above all numbers that transfers of customers' files have. */
const firstSpooled = 900_000_000_000
const mostDumpBytes = 2 ** 40

/** By way of the panel's disk: only a whole dump replaces what is there. */
async function fetchDump({ backup, host, signal }: Return, dump: string, file: string) {
  const given = [host.directory, backup.set, backup.id, dump]
  const source = await Running.start('store', machineOf(host), 'get', ...given)
  try {
    let arrived = 0
    source.pipe.stdout.on('data', (part: Buffer) => (arrived += part.length))
    await pipeline(source.pipe.stdout, createWriteStream(file, { mode: 0o600 }), { signal })
    const { bytes } = await source.verdict()
    if (bytes !== arrived) throw new BackupProblem('interrupted', `${arrived} of ${bytes} bytes`)
  } finally {
    source.close()
  }
  for await (const first of createReadStream(file, { end: 1 })) {
    if (first[0] !== 0x1f || first[1] !== 0x8b) throw new BackupProblem('damaged', dump)
  }
}

async function refuseWithoutRoom(
  { server, signal }: Return,
  bytes: number,
  place: readonly (string | number)[]
) {
  const { enough, wanted } = await ask('server', serverOf(server), 'room', [bytes, ...place], {
    signal,
  })
  if (enough !== true) throw new BackupProblem('no_room', `there is no room for ${wanted} bytes`)
}

/** What goes wrong with one part is told and stops no other. */
async function attempt(name: string, work: () => Promise<Part[]>): Promise<Part[]> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') throw error
    return [{ name, result: codeOf(error) }]
  }
}

export const placeOf = (domain: Domain) => [domain.name, domain.uid] as const

const sum = (numbers: Iterable<number>) => [...numbers].reduce((all, each) => all + each, 0)
