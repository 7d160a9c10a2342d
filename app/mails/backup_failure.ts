import i18nManager from '@adonisjs/i18n/services/main'
import mail from '@adonisjs/mail/services/main'
import { DateTime } from 'luxon'
import ContentBackup from '#models/content_backup'
import env from '#start/env'

const mostNames = 10
/** Who knows already is reminded when it goes on so long. */
const reminderDays = 7

/** BKP-01: domain admins whose last night brought no backup, or not all of it. Answers what could not be sent: it is tried again. */
export async function tellOfFailedBackups(day: string, signal: AbortSignal): Promise<string[]> {
  const failed: string[] = []
  for (const backup of await ContentBackup.untoldOf(day)) {
    if (signal.aborted) break
    if (await backup.wasToldSince(daysBefore(day, reminderDays))) continue
    try {
      await tell(backup)
      await backup.merge({ toldAt: DateTime.utc() }).save()
    } catch (error) {
      failed.push(`domain ${backup.domainId}: ${String(error).slice(0, 200)}`)
    }
  }
  return failed
}

async function tell(backup: ContentBackup) {
  const { domain } = backup
  await mail.send((message) => {
    message.to(`admin@${domain.name}`)
    message.subject(say(`subjects.${backup.state}`, { name: domain.unicodeName }))
    message.text(textOf(backup))
  })
}

function textOf(backup: ContentBackup) {
  const { domain, state, failure, day } = backup
  const name = domain.unicodeName
  const date = DateTime.fromISO(day).toFormat('yyyy年L月d日')
  return [
    say('greeting', { name }),
    say(`leads.${state}`, { name, date }),
    failure ? messageOf(`failed.${failure}`) : partsOf(backup),
    say('advice'),
    `${env.get('APP_URL')}/domains/${domain.id}/backups`,
    say('end'),
  ].join('\n\n')
}

/** Names came from the server without anything that acts on a reader; here not even a tab is left. */
function partsOf({ partList }: ContentBackup) {
  const parts = partList.filter(({ state }) => state !== 'done' && state !== 'missing')
  const lines = parts.map(({ name, state }) => `  ${name}：${messageOf(`parts.${state}`)}`)
  const problems = partList.flatMap((part) =>
    part.problems.map(([why, name]) => `  ${name}：${messageOf(`problems.${why}`)}`)
  )
  return [...lines, ...problems.slice(0, mostNames)]
    .map((line) => line.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ' '))
    .join('\n')
}

const daysBefore = (day: string, days: number) => DateTime.fromISO(day).minus({ days }).toISODate()!

function say(key: string, values?: Record<string, string | number>) {
  return messageOf(`mail.${key}`, values)
}

function messageOf(key: string, values?: Record<string, string | number>) {
  return i18nManager.locale('ja').t(`messages.content_backups.${key}`, values)
}
