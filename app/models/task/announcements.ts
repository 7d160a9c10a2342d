import { EventEmitter } from 'node:events'

/**
 * News about tasks within this process, so that its worker and its pages needn't wait for their
 * next look at the table. Other processes don't hear them: nothing may rely on hearing.
 */
const announcements = new EventEmitter().setMaxListeners(0)

export function announceQueued(taskId: number) {
  announcements.emit('queued', taskId)
  announcements.emit('changed', taskId)
}

export function announceChanged(taskId: number) {
  announcements.emit('changed', taskId)
}

/** Answers the function that stops listening. */
export function onQueued(listener: (taskId: number) => void) {
  announcements.on('queued', listener)
  return () => void announcements.off('queued', listener)
}

/** State, progress or message of a task changed, or it has a new log line. Answers the function that stops listening. */
export function onChanged(listener: (taskId: number) => void) {
  announcements.on('changed', listener)
  return () => void announcements.off('changed', listener)
}
