import db from '@adonisjs/lucid/services/db'
import type { DesiredMailbox, DesiredVacation, SpamAction } from '#convergence/desired_server'
import {
  type EmailAddress,
  type SenderPattern,
  toEmailAddress,
  toSenderPattern,
} from '#convergence/syntax/names'

const scores = { strict: 5, normal: 10, loose: 13 } as const

/** The lists of one apply: two queries, whatever the number of users. */
export interface MailLists {
  /** MAIL-05, by domain. */
  ofDomain(domainId: number): readonly SenderPattern[]
  ofMailbox(mailboxId: number): {
    readonly allowed: readonly SenderPattern[]
    readonly rejected: readonly SenderPattern[]
    readonly forwards: readonly EmailAddress[]
  }
}

/** `domainIds` null: of all domains of the server. */
export async function loadMailLists(
  serverId: number,
  domainIds: readonly number[] | null
): Promise<MailLists> {
  const senders = Map.groupBy(
    await withinDomains(
      db.from('mail_senders').join('domains', 'domains.id', 'mail_senders.domain_id'),
      serverId,
      domainIds
    )
      .orderBy('mail_senders.pattern')
      .select('mail_senders.*'),
    (row) => (row.mailbox_id === null ? `domain ${row.domain_id}` : `${row.list} ${row.mailbox_id}`)
  )
  const forwards = Map.groupBy(
    await withinDomains(
      db
        .from('mailbox_forwards')
        .join('mailboxes', 'mailboxes.id', 'mailbox_forwards.mailbox_id')
        .join('domains', 'domains.id', 'mailboxes.domain_id'),
      serverId,
      domainIds
    )
      .orderBy('mailbox_forwards.address')
      .select('mailbox_forwards.*'),
    (row) => row.mailbox_id as number
  )
  const patterns = (key: string) =>
    (senders.get(key) ?? []).map(({ pattern }) => toSenderPattern(pattern))
  return {
    ofDomain: (domainId) => patterns(`domain ${domainId}`),
    ofMailbox: (mailboxId) => ({
      allowed: patterns(`allow ${mailboxId}`),
      rejected: patterns(`reject ${mailboxId}`),
      forwards: (forwards.get(mailboxId) ?? []).map(({ address }) => toEmailAddress(address)),
    }),
  }
}

function withinDomains(
  query: ReturnType<typeof db.from>,
  serverId: number,
  domainIds: readonly number[] | null
) {
  return domainIds === null
    ? query.where('domains.server_id', serverId)
    : query.whereIn('domains.id', [...domainIds])
}

type MailSettings = Pick<
  DesiredMailbox,
  | 'virusWarning'
  | 'spam'
  | 'allowedSenders'
  | 'rejectedSenders'
  | 'forward'
  | 'userScript'
  | 'vacation'
  | 'sendingUnlockedAt'
>

/** `row`: of `mailboxes`, as the database gives it. */
export function mailSettingsOf(row: any, lists: MailLists): MailSettings {
  const { allowed, rejected, forwards } = lists.ofMailbox(row.id)
  return {
    virusWarning: Boolean(row.virus_warning),
    spam: row.spam_check
      ? {
          score: scores[row.spam_level as keyof typeof scores],
          action: row.spam_action as SpamAction,
        }
      : null,
    allowedSenders: allowed,
    rejectedSenders: rejected,
    forward: forwards.length === 0 ? null : { to: forwards, keep: Boolean(row.forward_keeps) },
    userScript: Boolean(row.user_script),
    vacation: vacationOf(row),
    sendingUnlockedAt: secondsOf(row.sending_unlocked_at),
  }
}

function vacationOf(row: any): DesiredVacation | null {
  if (!row.vacation) return null
  return {
    subject: row.vacation_subject ?? '',
    text: row.vacation_text ?? '',
    from: row.vacation_from,
    until: row.vacation_until,
  }
}

/** SQLite gives text in UTC, MySQL a Date. */
export function secondsOf(moment: Date | string | null): number {
  if (moment === null) return 0
  const date = moment instanceof Date ? moment : new Date(`${moment.replace(' ', 'T')}Z`)
  return Math.floor(date.getTime() / 1000)
}
