import i18nManager from '@adonisjs/i18n/services/main'
import mail from '@adonisjs/mail/services/main'
import { support } from '#config/support'
import type PasswordInvitation from '#models/password_invitation'
import env from '#start/env'

/** Where somebody goes on with a link; also printed. */
export const invitationUrl = (token: string) => `${env.get('APP_URL')}/welcome/${token}`

/** OPS-07. With its account and contract loaded. */
export async function sendInvitation({ account, expiresAt }: PasswordInvitation, token: string) {
  const { contract, login } = account
  const to = contract.noticeAddress
  if (!to) throw new Error(`contract ${contract.code} has no address`)
  const until = expiresAt.setZone('Asia/Tokyo').toFormat('yyyy年L月d日 H時mm分')
  const parts = [
    say('greeting', { name: contract.name }),
    say('lead', { login }),
    invitationUrl(token),
    say('until', { until }),
    say('warning', { mail: support.mail }),
  ]
  await mail.send((message) => {
    message.to(to).subject(say('subject')).text(parts.join('\n\n'))
  })
}

function say(key: string, values?: Record<string, string | number>) {
  return i18nManager.locale('ja').t(`messages.invitations.mail.${key}`, values)
}
