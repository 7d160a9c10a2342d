import vine from '@vinejs/vine'
import type { Infer } from '@vinejs/vine/types'
import { DateTime } from 'luxon'
import {
  announcementAudiences,
  announcementKinds,
  type AnnouncementText,
} from '#models/announcement'
import { readMoment } from '#models/announcement/moment'
import { momentOfJapan, singleLine, textLines } from '#validators/rules'

const moment = () => vine.string().maxLength(40).use(momentOfJapan())

/** OPS-07. */
export const announcement = vine.create({
  announcement_kind: vine.enum(announcementKinds),
  announcement_subject: vine.string().maxLength(100).use(singleLine()).trim().minLength(1),
  announcement_body: vine.string().maxLength(5000).use(textLines()).trim().minLength(1),
  targets: vine.string().maxLength(10_000).use(textLines()).nullable().optional(),
  announcement_audience: vine.enum(announcementAudiences),
  announcement_mail: vine.enum(['on', 'off'] as const),
  shown_from: moment().nullable().optional(),
  shown_until: moment()
    .use(momentOfJapan({ after: 'shown_from' }))
    .nullable()
    .optional(),
  work_from: moment().nullable().optional(),
  work_until: moment()
    .use(momentOfJapan({ after: 'work_from' }))
    .nullable()
    .optional(),
})

export function readAnnouncement(typed: Infer<typeof announcement>): AnnouncementText {
  const at = (value: string | null | undefined) => readMoment(value ?? '') ?? null
  return {
    kind: typed.announcement_kind,
    subject: typed.announcement_subject,
    body: typed.announcement_body,
    targets: typed.targets ?? '',
    audience: typed.announcement_audience,
    isMailed: typed.announcement_mail === 'on',
    shownFrom: at(typed.shown_from) ?? DateTime.utc(),
    shownUntil: at(typed.shown_until),
    workFrom: at(typed.work_from),
    workUntil: at(typed.work_until),
  }
}
