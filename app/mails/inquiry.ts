import i18nManager from '@adonisjs/i18n/services/main'
import mail from '@adonisjs/mail/services/main'
import { support } from '#config/support'
import type Inquiry from '#models/inquiry'
import Server from '#models/server'
import env from '#start/env'

/** ORD-08: an answer to it goes to whoever asked. With its contract loaded. */
export async function sendInquiry(inquiry: Inquiry) {
  const { id, subject, replyTo } = inquiry
  const text = await textOf(inquiry)
  await mail.send((message) => {
    message.to(support.mail).replyTo(replyTo).subject(say('subject', { id, subject }))
    message.text(text)
  })
}

async function textOf({ id, contract, askedBy, replyTo, serverId, body }: Inquiry) {
  const server = serverId === null ? null : await Server.find(serverId)
  const facts = { code: contract.code, contract: contract.name, askedBy, replyTo }
  return [
    say('facts', { id, ...facts, server: server?.name ?? '—' }),
    body,
    `${env.get('APP_URL')}/staff/inquiries/${id}`,
  ].join('\n\n')
}

function say(key: string, values?: Record<string, string | number>) {
  return i18nManager.locale('ja').t(`messages.inquiries.mail.${key}`, values)
}
