import { createHmac, hkdfSync } from 'node:crypto'
import db from '@adonisjs/lucid/services/db'
import env from '#start/env'

/** A line as it is stored, without its own hash. */
export interface ChainedLine {
  readonly seq: number
  readonly at: string
  readonly staff_id: number | null
  readonly actor: string
  readonly action: string
  readonly target: string
  readonly detail: string
  readonly ip: string | null
  readonly previous_hash: string
}

export type StoredLine = ChainedLine & { readonly hash: string }

export interface ChainReport {
  readonly lines: number
  /** Of the last line; written down somewhere else it proves later that nothing before it changed. */
  readonly hash: string
  /** The first line that isn't what was written; null when all are. */
  readonly brokenAt: number | null
}

/** What the first line follows. */
export const firstHash = '0'.repeat(64)

/** Of its own, so that nothing else that is made with APP_KEY can be taken for one of these. */
let key: Buffer | undefined
const keyOf = () =>
  (key ??= Buffer.from(hkdfSync('sha256', env.get('APP_KEY').release(), '', 'staff_log', 32)))

/** Hex HMAC-SHA-256 over everything that the line says and over the line before it. */
export function hashOf(line: ChainedLine): string {
  const { seq, at, staff_id: staffId, actor, action, target, detail, ip } = line
  const said = [Number(seq), at, staffId, actor, action, target, detail, ip, line.previous_hash]
  return createHmac('sha256', keyOf()).update(JSON.stringify(said)).digest('hex')
}

const batch = 1000

/** Reads every line once, in batches: memory stays the same however long the log is. */
export async function verifyChain(): Promise<ChainReport> {
  let report: ChainReport = { lines: 0, hash: firstHash, brokenAt: null }
  for (;;) {
    const lines = await linesAfter(report.lines)
    report = followChain(lines, report)
    if (report.brokenAt !== null) return report
    if (lines.length < batch) break
  }
  const { lines, hash } = report
  return { lines, hash, brokenAt: (await isHead(lines, hash)) ? null : lines + 1 }
}

/** Whether `lines` go on where `before` ended. */
export function followChain(lines: readonly StoredLine[], before: ChainReport): ChainReport {
  let { lines: seq, hash } = before
  for (const line of lines) {
    const follows = Number(line.seq) === seq + 1 && line.previous_hash === hash
    if (!follows || hashOf(line) !== line.hash) return { lines: seq, hash, brokenAt: seq + 1 }
    seq++
    hash = line.hash
  }
  return { lines: seq, hash, brokenAt: null }
}

/** Lines that were cut off at the end are missing here. */
async function isHead(seq: number, hash: string) {
  const head = await db.from('staff_log_heads').where('id', 1).first()
  return head ? Number(head.seq) === seq && head.hash === hash : seq === 0
}

function linesAfter(seq: number): Promise<StoredLine[]> {
  return db.from('staff_logs').where('seq', '>', seq).orderBy('seq').limit(batch)
}
