import { DateTime } from 'luxon'
import db from '@adonisjs/lucid/services/db'
import { today } from '#models/day'
import Task from '#models/task'

/** Hours in Japan between which backups begin (BKP-01). */
export const firstHour = 1
export const lastHour = 5
/** The last begins a little before the end of the window. */
const minutes = (lastHour - firstHour) * 60 - 10

/**
 * Minutes after 01:00 at which a server's turn is, always the same. Multiples of the golden ratio lie
 * evenly in the window, however many servers there are and in whatever order they came.
 */
export function minuteOf(serverId: number): number {
  return Math.floor(((serverId * 0.618_033_988_75) % 1) * minutes)
}

/** `03:24`, for people. */
export function startOf(serverId: number): string {
  return DateTime.utc(2000, 1, 1, firstHour)
    .plus({ minutes: minuteOf(serverId) })
    .toFormat('HH:mm')
}

/**
 * Queues what is due. A turn that nobody took because nothing ran is caught up with until 05:00; later it
 * would take from the visitors of the day. Answers how many servers were queued.
 */
export async function queueDueBackups(now = DateTime.now()): Promise<number> {
  const there = now.setZone('Asia/Tokyo')
  const minute = (there.hour - firstHour) * 60 + there.minute
  if (there.hour < firstHour || there.hour >= lastHour) return 0
  const day = there.toISODate()!
  const open = await serversToDo(day)
  const due = open.filter(({ id }) => minuteOf(id) <= minute)
  for (const server of due) await queueBackup(server, day)
  return due.length
}

interface Turn {
  readonly id: number
  readonly compute_node_id: number
}

/** Two servers of a node at a time: they share its disks. */
export function queueBackup({ id, compute_node_id: node }: Turn, day = today()): Promise<Task> {
  return Task.enqueue({
    kind: 'back_up_server',
    payload: { serverId: id, day },
    lockKey: `backups:${node}:${id % 2}`,
    uniqueKey: `back_up_server:${id}`,
    serverId: id,
  })
}

/** Those with domains that have no backup of the day yet, not even one that failed. */
function serversToDo(day: string): Promise<Turn[]> {
  return db
    .from('servers')
    .join('domains', 'domains.server_id', 'servers.id')
    .leftJoin('content_backups', (on) =>
      on.on('content_backups.domain_id', 'domains.id').andOnVal('content_backups.day', day)
    )
    .where('servers.state', 'running')
    .whereNull('domains.deleted_at')
    .whereNull('content_backups.id')
    .orderBy('servers.id')
    .distinct('servers.id', 'servers.compute_node_id')
}
