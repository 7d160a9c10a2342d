import { pipeline } from 'node:stream/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { ask, Running } from '#backup/ends'
import { BackupProblem } from '#backup/problem'
import { relay } from '#backup/relay'
import { hostReserve } from '#config/backups'
import { Refusal } from '#exceptions/refusals'
import { Unreachable } from '#convergence/transports/transport'
import type Backup from '#models/backup'
import type { Figures } from '#models/backup'
import type BackupHost from '#models/backup_host'
import type { Part } from '#models/backup/part'
import type Server from '#models/server'
import { openDump } from '#monitoring/databases/transfers'

/** Bytes that stay free for others and for what deletes: a tenth, and of a large disk so much. */
const reserveOf = ({ totalBytes }: BackupHost) =>
  Math.floor(Math.min(hostReserve, Number(totalBytes ?? 0) / 10))

/** What is copied of the files of a domain; `programs/server.py` knows where each is. */
export const fileParts = [
  ...['html', 'html.stage', 'cgi-bin', 'cgi-bin.stage', 'cgi-data', 'var', 'home', 'log', 'tmp'],
] as const

export interface Task {
  readonly backup: Backup
  readonly host: BackupHost
  readonly server: Server
  readonly signal: AbortSignal
}

export interface Outcome {
  readonly parts: readonly Part[]
  readonly figures: Figures
}

/** The host answers, and has room for more than nothing. Before anything is read. */
export async function prepareHost(host: BackupHost, signal?: AbortSignal) {
  const { free, total } = await ask('store', machineOf(host), 'status', [host.directory], {
    signal,
  })
  await host.note({ free: Number(free), total: Number(total) })
  if (Number(free) < reserveOf(host))
    throw new BackupProblem('no_space', `${host.name}: ${free} bytes`)
}

/**
 * Files by rsync: only differences travel. `place`: `share`, or a domain's name and id of its group. `largest`: bytes of the disk that
 * they lie on; a file that seems larger is mostly holes, takes years to read, and is left out.
 */
export async function copyFiles(
  task: Task,
  place: readonly (string | number)[],
  largest: number
): Promise<Outcome> {
  const { backup, host, server, signal } = task
  const { store, server: said } = await relay(
    {
      machine: machineOf(host),
      verb: 'pull',
      given: [host.directory, backup.set, backup.id, reserveOf(host), largest],
    },
    { machine: serverOf(server), verb: 'read', given: place },
    signal
  )
  const code = String(store.code)
  if (code === 'failed' || code === 'no_space') throw new BackupProblem(code, String(store.words))
  const names = place[0] === 'share' ? ['share'] : fileParts
  const missing = said.flatMap((each) => (Array.isArray(each.missing) ? each.missing : []))
  const hurt = directoriesIn(String(store.words))
  const resultOf = (name: string) =>
    missing.includes(name) ? 'missing' : code === 'partial' && hurt.has(name) ? 'partial' : 'done'
  const parts = names.map((name) => ({ name, result: resultOf(name) }))
  const { files, bytes, sent } = store
  // What was left out counts as well, however large it seems.
  const figures = {
    files: Number(files),
    bytes: Math.min(Number(bytes), largest),
    sentBytes: Number(sent),
  }
  return { parts, figures }
}

/** Which of the directories rsync complains about: `… "/tree/html/a" failed: …`. */
export const directoriesIn = (words: string): ReadonlySet<string> =>
  new Set(
    [...words.matchAll(/"\/tree\/(?:\d+(?:\.part)?\/tree\/)?([\w.-]+)/g)].map(([, name]) => name)
  )

/** Databases as consistent dumps, one after the other; what one of them refuses stops no other. */
export async function copyDatabases(task: Task, prefix: string, names: readonly string[]) {
  const parts: Part[] = []
  let sent = 0
  for (const name of names) {
    task.signal.throwIfAborted()
    const dump = name.slice(prefix.length)
    try {
      sent += await copyDatabase(task, name, dump)
      parts.push({ name: `database/${dump}`, result: 'done' })
    } catch (error) {
      if (task.signal.aborted) throw error
      parts.push({ name: `database/${dump}`, result: codeOf(error, 'dump') })
    }
  }
  return { parts, sent }
}

async function copyDatabase({ backup, host, server, signal }: Task, name: string, dump: string) {
  const source = await openDump(server, name)
  const given = [host.directory, backup.set, backup.id, dump]
  const target = await Running.start('store', machineOf(host), 'put', ...given)
  try {
    await pipeline(source, target.pipe.stdin, { signal })
    const { bytes } = await target.verdict()
    return Number(bytes) || 0
  } finally {
    source.destroy()
    target.close()
  }
}

/** The generation is whole; older ones than are to be kept go. */
export async function finish({ backup, host, signal }: Task, dumps: readonly string[]) {
  const given = [host.directory, backup.set, backup.id, host.generations, dumps.join(',') || '-']
  const answer = await ask('store', machineOf(host), 'finish', given, { signal })
  await host.note({ free: Number(answer.free), total: Number(answer.total) })
  return numbersIn(answer.kept)
}

/** Of a set, or all of it; answers what is left. */
export async function forget(host: BackupHost, set: string, gone: readonly number[] | 'all') {
  const given = [host.directory, set, ...(gone === 'all' ? ['all'] : gone)]
  const { kept } = await ask('store', machineOf(host), 'forget', given)
  return numbersIn(kept)
}

/** Reads all of a generation from the disk and compares it with what it was (the first time: notes what it is). */
export async function verify(backup: Backup, host: BackupHost, signal: AbortSignal) {
  const given = [host.directory, backup.set, backup.id]
  const limits = { signal, longestMs: 3600_000 }
  const answer = await ask('store', machineOf(host), 'verify', given, limits)
  const names = Array.isArray(answer.names) ? answer.names.map(String) : []
  return { files: Number(answer.files), damaged: Number(answer.damaged), names }
}

/** Why something failed, in one of the panel's words. */
export function codeOf(error: unknown, otherwise = 'failed'): string {
  if (error instanceof BackupProblem) return error.code
  if (error instanceof Unreachable) return 'unreachable'
  if (error instanceof Refusal && error.key === 'server_unreachable') return 'unreachable'
  return otherwise
}

export const machineOf = ({ name, address, port, hostKey }: BackupHost) => ({
  ...{ name, address, port, hostKey },
})
export const serverOf = ({ name, address, sshPort: port, hostKey }: Server) => ({
  ...{ name, address, port, hostKey },
})

/** Between two tries of something that may have been a moment's. */
export const pause = (ms: number, signal: AbortSignal) => wait(ms, undefined, { signal })

const numbersIn = (list: unknown) => (Array.isArray(list) ? list.map(Number) : [])
