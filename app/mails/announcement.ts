import i18nManager from '@adonisjs/i18n/services/main'
import mail from '@adonisjs/mail/services/main'
import type { DateTime } from 'luxon'
import type Announcement from '#models/announcement'
import env from '#start/env'

/** OPS-07. */
export async function sendAnnouncement(announcement: Announcement, to: string) {
  const { id, kind, subject, body, workFrom, workUntil } = announcement
  const parts = [
    subject,
    workFrom && say('work', { from: moment(workFrom), until: workUntil ? moment(workUntil) : '' }),
    body,
    say('more', { url: `${env.get('APP_URL')}/announcements/${id}` }),
    say('end'),
  ]
  await mail.send((message) => {
    message.to(to).subject(say(`subjects.${kind}`, { subject }))
    message.text(parts.filter((part) => part !== null).join('\n\n'))
  })
}

const moment = (at: DateTime) => at.setZone('Asia/Tokyo').toFormat('yyyy年L月d日 HH:mm')

function say(key: string, values?: Record<string, string | number>) {
  return i18nManager.locale('ja').t(`messages.announcements.mail.${key}`, values)
}
