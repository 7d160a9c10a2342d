import type { MailboxChange } from '#models/mailbox/settings'
import type { Feature } from '#models/restriction/feature'

/** USR-08 says nothing of these; of a user's addition and deletion neither. */
export const unrestricted: readonly Feature[] = []

/** What no spam check is wanted for belongs to the spam check (USR-03). */
export const senderFeatures = {
  allow: ['allowed_senders.update', 'spam_check'],
  reject: ['rejected_senders.update', 'reject'],
} as const

export function demandedBy({ description, passwordHash }: MailboxChange): Feature[] {
  return [
    ...(description === undefined ? [] : (['description'] as const)),
    ...(passwordHash === undefined ? [] : (['password'] as const)),
  ]
}
