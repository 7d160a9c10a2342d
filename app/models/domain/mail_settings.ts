import type Domain from '#models/domain'

/** RFC 8461: what senders are asked to do when they cannot connect with TLS. */
export const mtaStsModes = ['none', 'testing', 'enforce'] as const
export type MtaSts = (typeof mtaStsModes)[number]

/** MAIL-11: recipients that one account may send to. */
export interface SendingLimits {
  readonly perHour: number
  readonly perDay: number
}

export const mostSending: SendingLimits = { perHour: 1000, perDay: 10_000 }

/** Columns of a domain that its mail pages write. */
export type MailSettings = Pick<
  Domain,
  | 'outMx'
  | 'sendingPerHour'
  | 'sendingPerDay'
  | 'dkimSelector'
  | 'dkimPrivateKey'
  | 'dkimPublicKey'
  | 'mtaSts'
  | 'mtaStsChangedAt'
  | 'programsUnlockedAt'
>
