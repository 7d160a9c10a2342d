import { randomBytes } from 'node:crypto'
import { BenchFailure } from '#tests/load/bench'
import type { FilledServer } from '#tests/load/stage/filled_server'
import { csv } from '#tests/support/csv_files'
import type { SheetName } from '#models/sheet/sheet'

/** As many as one file may have (USR-06). */
export const bulk = 1000

export interface BulkUser {
  readonly localPart: string
  readonly password: string
}

export interface Imported {
  /** Upload sent → the preview's address answered. */
  readonly checkedMs: number
  /** Confirmation sent → the page says that the server has it. */
  readonly appliedMs: number
  readonly confirmedAt: number
  readonly importId: number
}

export function newUsers(): BulkUser[] {
  const mark = Date.now().toString(36)
  return Array.from({ length: bulk }, (_, index) => ({
    localPart: `bulk${mark}-${index}`,
    password: `Qz7-${randomBytes(9).toString('base64url')}`,
  }))
}

export function additionsOf(users: readonly BulkUser[]) {
  return csv(
    'additions',
    ...users.map(({ localPart, password }) => [localPart, password, '一括', '100'])
  )
}

/** Uploaded and confirmed at once, by a person who reads nothing. */
export async function imported(
  { customer }: FilledServer,
  domainId: number,
  sheet: SheetName,
  text: string
): Promise<Imported> {
  const sent = await customer.upload(`/domains/${domainId}/imports/${sheet}`, 'users.csv', text)
  const importId = Number(/\/imports\/(\d+)$/.exec(sent.location)?.[1])
  if (!importId) throw new BenchFailure(`${sheet}: ${sent.status} ${sent.location}`)
  const confirmedAt = performance.now()
  await customer.post(`/imports/${importId}/confirmation`)
  const { state, message } = await customer.followed(`/imports/${importId}/events`)
  if (state !== 'done') throw new BenchFailure(`${sheet}: ${state} ${message}`)
  const appliedMs = performance.now() - confirmedAt
  return { checkedMs: sent.ms, appliedMs, confirmedAt, importId }
}

export function applyIdOf({ server }: FilledServer, importId: number) {
  const sql = 'select apply_id from imports where id = ?'
  return server.installation.db.one<{ apply_id: number }>(sql, importId).apply_id
}
