import { integerOf, listOf, oneOf, recordOf } from '#convergence/agent/shapes'
import { outcomesOf, type Outcome, type RecipientKind } from '#monitoring/mail/outcomes'
import { shownText } from '#monitoring/mail/shown_text'
import { inquire, type Answer } from '#monitoring/questions'
import type Domain from '#models/domain'
import type Mailbox from '#models/mailbox'

/** Whose mail: of all of a domain, or of one of its mailboxes only. */
export type MailOwner =
  | { readonly domain: Domain; readonly mailbox: null }
  | { readonly domain: Domain; readonly mailbox: Mailbox }

export interface MailSearch {
  /** Parts of addresses; empty for all. */
  readonly sender: string
  readonly recipient: string
  readonly since: Date
  readonly before: Date
}

/** A message of which an address of the owner is sender or recipient. */
export interface LoggedMail {
  /** Postfix's queue id; null for what was refused before it had one. */
  readonly id: string | null
  readonly at: Date
  readonly sender: string
  /** Empty for what came without one. */
  readonly messageId: string
  readonly bytes: number | null
  /** Who signed in to send it; null for mail from elsewhere and from programs. */
  readonly login: string | null
  readonly isFromProgram: boolean
  /** From the server itself, such as the warning of a virus. */
  readonly isNotice: boolean
  readonly recipients: readonly LoggedRecipient[]
  /** So many recipients more. */
  readonly more: number
}

export interface LoggedRecipient {
  readonly address: string
  /** What it was sent to, where that is an alias. */
  readonly alias: string | null
  readonly at: Date
  readonly outcomes: readonly Outcome[]
  /** The words of the server that took or refused it. */
  readonly reason: string
}

export interface LogPage {
  readonly messages: readonly LoggedMail[]
  /** Everything younger was looked at; null when all of the time asked for was. */
  readonly reached: Date | null
  /** Logs too large to be looked at. */
  readonly hasSkipped: boolean
}

export const mailsPerPage = 50

export function searchMailLog(owner: MailOwner, search: MailSearch): Promise<Answer<LogPage>> {
  const { domain } = owner
  const { createdAt } = owner.mailbox ?? domain
  const given = {
    ...ownerOf(owner),
    sender: search.sender,
    recipient: search.recipient,
    // Of whoever had the same name before, nothing is told.
    since: Math.max(seconds(search.since), Math.floor(createdAt.toSeconds())),
    before: seconds(search.before),
    most: mailsPerPage,
  }
  return inquire(domain.server, 'mail_log', given, (answer) => {
    const { messages, reached, skipped } = recordOf(answer)
    return {
      messages: listOf(messages, mailsPerPage, (one) => messageOf(one, owner)),
      reached: reached === null ? null : momentOf(reached),
      hasSkipped: listOf(skipped, 1000, () => true).length > 0,
    }
  })
}

function ownerOf({ domain, mailbox }: MailOwner) {
  if (mailbox) {
    return { domain: domain.name, address: addressOf(mailbox, domain), uids: [mailbox.uid] }
  }
  const senders = [`${domain.unixName}@${domain.server.hostname}`]
  return { domain: domain.name, senders, uids: [domain.uid] }
}

function messageOf(value: unknown, owner: MailOwner): LoggedMail {
  const message = recordOf(value)
  const recipients = listOf(message.recipients, 50, (one) => recipientOf(one, owner))
  return {
    id: message.id === null ? null : shownText(message.id, 20),
    at: momentOf(message.at),
    sender: shownText(message.sender, 320),
    messageId: messageIdOf(message.message_id),
    bytes: message.size === null ? null : integerOf(message.size),
    login: message.login === null ? null : shownText(message.login, 320),
    isFromProgram: message.program === true,
    isNotice: message.notice === true,
    recipients,
    more: integerOf(message.more, 2 ** 20),
  }
}

/** `<>` is what Postfix writes where a message has none. */
function messageIdOf(value: unknown) {
  const text = shownText(value, 500).trim()
  return text === '<>' ? '' : text
}

function recipientOf(value: unknown, owner: MailOwner): LoggedRecipient {
  const recipient = recordOf(value)
  const text = shownText(recipient.text, 600)
  const address = shownText(recipient.to, 320)
  const alias = recipient.orig_to ? shownText(recipient.orig_to, 320) : null
  const done = listOf(recipient.done, 200, (one) => {
    const { what, of, status } = recordOf(one)
    return {
      what: oneOf(what, ['stored', 'forwarded', 'discarded', 'replied']),
      of: shownText(of, 400),
      status: status === undefined ? null : shownText(status, 20),
    }
  })
  const outcomes = outcomesOf({
    status: shownText(recipient.status, 20),
    dsn: shownText(recipient.dsn, 20),
    relay: shownText(recipient.relay, 300),
    by: shownText(recipient.by, 40),
    text,
    // Where others forward their mail, and what they reject, is not told to who writes to them.
    done: isOwn(address, owner) || (alias !== null && isOwn(alias, owner)) ? done : [],
    recipientIs: kindOf(address, owner),
  })
  return {
    address,
    alias,
    at: momentOf(recipient.at),
    outcomes,
    reason: outcomes.some(({ isPlain }) => isPlain) ? '' : text,
  }
}

function kindOf(address: string, { domain }: MailOwner): RecipientKind {
  if (!isOwn(address, { domain, mailbox: null })) return 'foreign'
  return domain.outMx ? 'out_mx' : 'own'
}

function isOwn(address: string, { domain, mailbox }: MailOwner): boolean {
  const whose = address.toLowerCase()
  return mailbox ? whose === addressOf(mailbox, domain) : whose.endsWith(`@${domain.name}`)
}

const addressOf = ({ localPart }: Mailbox, { name }: Domain) => `${localPart}@${name}`
const momentOf = (value: unknown) => new Date(integerOf(value, 2 ** 40) * 1000)
const seconds = (date: Date) => Math.floor(date.getTime() / 1000)
