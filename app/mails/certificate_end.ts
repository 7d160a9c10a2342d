import i18nManager from '@adonisjs/i18n/services/main'
import mail from '@adonisjs/mail/services/main'
import { DateTime } from 'luxon'
import { warnedDays } from '#config/certificates'
import Certificate from '#models/certificate'
import Domain from '#models/domain'
import env from '#start/env'

/** Renewals by themselves begin a month ahead; before, there is nothing to say about those. */
const automaticDays = 14

/** Answers what could not be sent: it is tried again the next day. */
export async function tellOfEnds(
  signal: AbortSignal,
  now: DateTime = DateTime.utc()
): Promise<string[]> {
  const failed: string[] = []
  for (const certificate of await endingSoon(now)) {
    if (signal.aborted) break
    const step = stepOf(certificate, now)
    if (step === null) continue
    try {
      await tell(certificate, now)
      await certificate.merge({ warnedDays: step }).save()
    } catch (error) {
      failed.push(`certificate ${certificate.id}: ${String(error).slice(0, 200)}`)
    }
  }
  return failed
}

function endingSoon(now: DateTime) {
  const most = now.plus({ days: warnedDays[0] + 1 })
  const text = (moment: DateTime) => moment.toUTC().toFormat('yyyy-LL-dd HH:mm:ss')
  return Certificate.query()
    .whereNotNull('validUntil')
    .whereBetween('validUntil', [text(now), text(most)])
    .orderBy('id')
}

/** Which of the days it is about; null when nothing is to be said now. */
export function stepOf(
  {
    validUntil,
    source,
    warnedDays: told,
  }: Pick<Certificate, 'validUntil' | 'source' | 'warnedDays'>,
  now: DateTime
): number | null {
  const left = validUntil!.diff(now, 'days').days
  const step = warnedDays.findLast((days) => left <= days)
  if (step === undefined || (told !== null && told <= step)) return null
  return source === 'automatic' && step > automaticDays ? null : step
}

/** To the admins of the domains that show it. */
async function tell(certificate: Certificate, now: DateTime) {
  const domains = await Domain.query()
    .where('certificateId', certificate.id)
    .whereNull('deletedAt')
    .orderBy('id')
  for (const domain of domains) {
    await mail.send((message) => {
      message.to(`admin@${domain.name}`).subject(say('subject', { name: domain.unicodeName }))
      message.text(textFor(certificate, domain, now))
    })
  }
}

function textFor({ source, issuer, validUntil }: Certificate, domain: Domain, now: DateTime) {
  return [
    say('greeting', { name: domain.unicodeName }),
    say('facts', {
      name: domain.unicodeName,
      issuer: issuer ?? '',
      day: validUntil!.setZone('Asia/Tokyo').toFormat('yyyy年L月d日 HH:mm'),
      days: Math.max(0, Math.floor(validUntil!.diff(now, 'days').days)),
    }),
    say(source === 'automatic' ? 'automatic' : 'by_hand'),
    `${env.get('APP_URL')}/domains/${domain.id}/web/certificates`,
    say('end'),
  ].join('\n\n')
}

function say(key: string, values?: Record<string, string | number>) {
  return i18nManager.locale('ja').t(`messages.certificates.mail.${key}`, values)
}
