import { UntrustedReply } from '#convergence/agent/frames'
import {
  bytesOf,
  listOf,
  oneOf,
  recordOf,
  secondsOf,
  textOf,
  wordsOf,
} from '#convergence/agent/shapes'
import type Domain from '#models/domain'
import { inquire, type Answer } from '#monitoring/questions'

const kinds = ['directory', 'file', 'link', 'other'] as const

export interface BackupEntry {
  /** Bytes in base64url: file names need not be text. */
  readonly path: string
  /** For people. */
  readonly name: string
  readonly kind: (typeof kinds)[number]
  readonly bytes: number
  readonly at: Date
}

export interface BackupEntries {
  /** `gone`: there is no such directory in the backup. */
  readonly state: 'there' | 'no_storage' | 'gone'
  /** Directories first. */
  readonly entries: readonly BackupEntry[]
  /** False where a directory has more than a page shows. */
  readonly isComplete: boolean
}

const mostEntries = 1000

/** BKP-01: what a directory of the domain's backup holds; the whole backup with an empty path. */
export function backupEntriesOf(domain: Domain, path: string): Promise<Answer<BackupEntries>> {
  const given = { domain: domain.name, path }
  return inquire(domain.server, 'backup_entries', given, (answer) => {
    const { state, entries, complete } = recordOf(answer)
    if (typeof complete !== 'boolean') throw new UntrustedReply('truth expected')
    return {
      state: oneOf(state, ['there', 'no_storage', 'gone']),
      entries: listOf(entries, mostEntries, entryOf),
      isComplete: complete,
    }
  })
}

function entryOf(value: unknown): BackupEntry {
  const { path, name, kind, bytes, at } = recordOf(value)
  return {
    path: textOf(path, 8192),
    name: wordsOf(name, 300),
    kind: oneOf(kind, kinds),
    bytes: bytesOf(bytes),
    at: new Date(secondsOf(at) * 1000),
  }
}
