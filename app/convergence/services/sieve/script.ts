import { createHash } from 'node:crypto'
import type { DesiredDomain, DesiredMailbox, DesiredVacation } from '#convergence/desired_server'
import { isFrom } from '#convergence/services/sieve/senders'
import type { DomainName, SenderPattern } from '#convergence/syntax/names'
import {
  allOf,
  condition,
  preamble,
  quoted,
  quotedLine,
  script,
  stringList,
} from '#convergence/syntax/sieve'

/** How the user script's program is called where Dovecot looks for programs. */
export const userScriptProgram = 'user_script'

const extensions = [
  ...['copy', 'date', 'editheader', 'envelope', 'fileinto', 'index', 'regex', 'relational'],
  ...['vacation', 'variables', 'vnd.dovecot.environment', 'vnd.dovecot.pipe'],
]

/** Under which name Dovecot tells the script what the user's row says of his forwards. */
export const forwardsOfRow = 'forwards'

type Spam = DesiredMailbox['spam']

/** What is done with spam, and nothing else (MAIL-04, MAIL-05). */
export function spamScript(spam: Spam, allowed: readonly SenderPattern[]): string {
  return script([...preamble(extensions), ...spamPart(spam, allowed)])
}

/**
 * Everything that one user wants to happen to his mail, in this order: what is not wanted goes first, then spam, then
 * forwarding, the script of MAIL-09, and an answer for the absent. Spam is never answered: its sender is forged.
 *
 * Forwarding comes before what can't be done twice: when Postfix puts off the first of them, nothing has happened yet, and the
 * whole message waits. Behind something that has happened Sieve would keep the message here and forward it no more.
 */
export function mailboxScript(
  mailbox: DesiredMailbox,
  domain: DesiredDomain,
  hostname: DomainName
): string {
  const allowed = [...domain.allowedSenders, ...mailbox.allowedSenders]
  const own = addressesOf(mailbox, domain)
  return script([
    ...preamble(extensions),
    ...rejectPart(mailbox.rejectedSenders, allowed),
    ...spamPart(mailbox.spam, allowed),
    ...forwardPart(mailbox, domain),
    ...(mailbox.userScript ? [`pipe :copy :try "${userScriptProgram}";`] : []),
    ...unlessSpam(mailbox.spam, allowed, vacationPart(mailbox.vacation, own, hostname)),
  ])
}

/**
 * MAIL-08: our SMTP server refuses these senders by envelope and address. Whom the reader sees in the From line, and
 * what programs of this server send, it does not judge; that is taken away here, in silence: a bounce would go to
 * somebody whose name was used.
 */
function rejectPart(rejected: readonly SenderPattern[], allowed: readonly SenderPattern[]) {
  if (rejected.length === 0) return []
  return condition(allOf([isFrom(rejected), ...isUnlisted(allowed)]), ['discard;', 'stop;'])
}

const isUnlisted = (allowed: readonly SenderPattern[]) =>
  allowed.length === 0 ? [] : [`not ${isFrom(allowed)}`]

function spamPart(spam: Spam, allowed: readonly SenderPattern[]): string[] {
  return spam === null ? [] : condition(isSpam(spam, allowed), spamActions[spam.action])
}

function unlessSpam(spam: Spam, allowed: readonly SenderPattern[], actions: string[]): string[] {
  if (spam === null || actions.length === 0) return actions
  return condition(`not ${isSpam(spam, allowed)}`, actions)
}

/** A star a point; the scanner writes the line and takes away what came from outside. */
function isSpam({ score }: NonNullable<Spam>, allowed: readonly SenderPattern[]): string {
  const isScored = `header :contains "X-Spam-Level" "${'*'.repeat(score)}"`
  return allOf([isScored, ...isUnlisted(allowed)])
}

const spamActions = {
  // Forwarded inside the server a message comes by twice.
  tag: condition(
    'not header :matches "Subject" "[SPAM]*"',
    condition(
      'header :matches "Subject" "*"',
      [
        'set "subject" "${1}";',
        'deleteheader "Subject";',
        'addheader :last "Subject" "[SPAM] ${subject}";',
      ],
      ['addheader :last "Subject" "[SPAM]";']
    )
  ),
  quarantine: ['fileinto "JunkMail";', 'stop;'],
  delete: ['discard;', 'stop;'],
} as const

/** MAIL-07: to whom it is sent, in this order; what he forwards to himself stays here. */
export function othersOf(mailbox: DesiredMailbox, domain: DesiredDomain): readonly string[] {
  const own = addressesOf(mailbox, domain)
  return mailbox.forward?.to.filter((address) => !own.includes(address)) ?? []
}

/** Dovecot takes 8 kB for all that a row says. */
const longestRow = 4096

/** What the user's row says of it: the script of whoever forwards to as many is then the same one. */
export function rowOfForwards(mailbox: DesiredMailbox, domain: DesiredDomain): string | undefined {
  const row = othersOf(mailbox, domain).join(' ')
  return row === '' || row.length > longestRow ? undefined : row
}

/** `:copy` leaves the message here too; so does an address of his own among the others. */
function forwardPart(mailbox: DesiredMailbox, domain: DesiredDomain): string[] {
  const { forward } = mailbox
  if (forward === null) return []
  const others = othersOf(mailbox, domain)
  const isKept = forward.keep || others.length < forward.to.length
  const redirect = (address: string) => `redirect ${isKept ? ':copy ' : ''}${address};`
  return rowOfForwards(mailbox, domain) === undefined
    ? others.map((address) => redirect(quotedLine(address)))
    : [
        `set "rest" "\${env.vnd.dovecot.config.${forwardsOfRow}}";`,
        ...others.slice(1).flatMap(() => firstOfRest(redirect('"${1}"'))),
        redirect('"${rest}"'),
      ]
}

const firstOfRest = (redirect: string) =>
  condition('string :matches "${rest}" "* *"', ['set "rest" "${2}";', redirect])

/** Mail for these two comes to the admin (MAIL-01). */
function addressesOf({ localPart }: DesiredMailbox, domain: DesiredDomain): string[] {
  const names = localPart === 'admin' ? ['admin', 'postmaster', 'webmaster'] : [localPart]
  return names.map((name) => `${name}@${domain.name}`)
}

/**
 * Only mail that names the user himself is answered (RFC 5230). What somebody of this server forwarded to him names him
 * when he has got it directly too: its sender, whose address is rewritten in this one, was answered for that.
 */
function vacationPart(
  vacation: DesiredMailbox['vacation'],
  own: readonly string[],
  hostname: DomainName
): string[] {
  if (vacation === null) return []
  const isForwarded = `envelope :matches "from" ${stringList([`SRS0*@${hostname}`, `SRS1*@${hostname}`])}`
  return condition(allOf([`not ${isForwarded}`, ...daysOf(vacation)]), [reply(vacation, own)])
}

/** Once a day to each sender, and at once again when the text has changed. */
function reply({ subject, text }: DesiredVacation, addresses: readonly string[]): string {
  const handle = createHash('sha256').update(`${subject}\n${text}`).digest('hex').slice(0, 16)
  const about = subject === '' ? '' : ` :subject ${quotedLine(subject)}`
  return `vacation :days 1 :handle "${handle}" :addresses ${stringList(addresses)}${about} ${quoted(text)};`
}

function daysOf({ from, until }: DesiredVacation): string[] {
  const day = (compared: 'ge' | 'le', date: string) =>
    `currentdate :zone "+0900" :value "${compared}" "date" ${quotedLine(date)}`
  return [...(from ? [day('ge', from)] : []), ...(until ? [day('le', until)] : [])]
}
