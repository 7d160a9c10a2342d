import vine from '@vinejs/vine'
import { syncIntervals } from '#models/content_sync_schedule/times'

const id = () => vine.number().withoutDecimals().positive()

/** `seen`: the last change of the target's two sides that was on the page. */
export const newContentSync = vine.create({
  source_id: id(),
  seen: vine.number().withoutDecimals().min(0),
})

/** Where it comes from, in the address of a page. */
export const contentSyncQuestion = vine.create({
  source_id: id().optional(),
})

const everyHours = syncIntervals.map(String) as `${(typeof syncIntervals)[number]}`[]

/** Japan's time, `03:30`. */
export const contentSyncSchedule = vine.create({
  source_id: id(),
  every_hours: vine
    .enum(everyHours)
    .transform((hours) => Number(hours) as (typeof syncIntervals)[number]),
  at: vine
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
    .transform((at) => {
      const [hours, minutes] = at.split(':').map(Number)
      return hours * 60 + minutes
    }),
})
