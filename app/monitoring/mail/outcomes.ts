/** What the log says about one recipient of a message. */
export interface Told {
  readonly status: string
  readonly dsn: string
  readonly relay: string
  /** The program that delivered, or the step at which it was refused. */
  readonly by: string
  readonly text: string
  readonly done: readonly Done[]
  readonly recipientIs: RecipientKind
}

/** Whose address: of who asks, by MAIL-10 with mail somewhere else (`out_mx`) or here, or of somebody else. */
export type RecipientKind = 'out_mx' | 'own' | 'foreign'

interface Done {
  readonly what: 'stored' | 'forwarded' | 'discarded' | 'replied'
  readonly of: string
  /** Of a forwarded copy, once it was on its way. */
  readonly status: string | null
}

/** Names words in resources/lang (`mail_log.outcomes`); `of` fills them in. */
export interface Outcome {
  readonly key: OutcomeKey
  readonly kind: 'good' | 'busy' | 'warn' | 'bad' | 'off'
  readonly of: string
  /** Says all; the words of the log would say no more. */
  readonly isPlain: boolean
}

type Kind = Outcome['kind']

export const outcomeKinds = {
  inbox: 'good',
  folder: 'good',
  delivered: 'good',
  handed_over: 'good',
  forwarded: 'good',
  forward_waits: 'busy',
  forward_failed: 'bad',
  replied: 'good',
  quarantined: 'warn',
  discarded: 'off',
  waits: 'busy',
  waits_full: 'busy',
  waits_here: 'busy',
  waits_no_domain: 'busy',
  waits_unreachable: 'busy',
  returned: 'bad',
  returned_unknown: 'bad',
  returned_full: 'bad',
  returned_no_domain: 'bad',
  returned_loop: 'bad',
  expired: 'bad',
  virus: 'warn',
  virus_discarded: 'warn',
  reject_list: 'warn',
  unknown_user: 'bad',
  full: 'bad',
  too_large: 'bad',
  sending_limit: 'bad',
  other_sender: 'bad',
  no_relay: 'bad',
  out_mx: 'bad',
  not_received: 'bad',
  sign_in: 'bad',
  suspended: 'busy',
  later: 'busy',
  refused: 'bad',
  accepted: 'busy',
} as const satisfies Record<string, Kind>

export type OutcomeKey = keyof typeof outcomeKinds

const plain = new Set<OutcomeKey>([
  'inbox',
  'folder',
  'delivered',
  'forwarded',
  'replied',
  'quarantined',
  'discarded',
  'virus_discarded',
])

/** In the order of what happened; never empty. */
export function outcomesOf(told: Told): Outcome[] {
  if (told.status === 'sent' && told.done.length > 0) return told.done.map(doneOutcome)
  const key = keyOf(told)
  return [outcome(key, key === 'handed_over' ? told.relay.replace(/\[.*/, '') : '')]
}

function keyOf(told: Told): OutcomeKey {
  const of: Record<string, (told: Told) => OutcomeKey> = {
    sent: ({ by }) => (by === 'smtp' ? 'handed_over' : 'delivered'),
    deferred: deferredKey,
    bounced: bouncedKey,
    expired: () => 'expired',
    refused: refusedKey,
  }
  return (of[told.status] ?? (() => 'accepted'))(told)
}

function doneOutcome({ what, of, status }: Done): Outcome {
  if (what === 'stored') return storedOutcome(of)
  if (what === 'forwarded') return outcome(forwardKey(status), of)
  return outcome(what, of)
}

function storedOutcome(folder: string): Outcome {
  if (folder === 'INBOX') return outcome('inbox', '')
  return folder === 'JunkMail' ? outcome('quarantined', '') : outcome('folder', folder)
}

function forwardKey(status: string | null): OutcomeKey {
  if (status === 'deferred') return 'forward_waits'
  return status === 'bounced' || status === 'expired' ? 'forward_failed' : 'forwarded'
}

const isFull = (text: string) => /\b[45]\.2\.2\b|\b552\b|quota|mailbox (is )?full/i.test(text)

function deferredKey({ text, by }: Told): OutcomeKey {
  if (by === 'lmtp') return isFull(text) ? 'waits_full' : 'waits_here'
  if (/host (or domain name )?not found|name service error/i.test(text)) return 'waits_no_domain'
  return unreachable.test(text) ? 'waits_unreachable' : 'waits'
}

/** Nobody answered; what a server that did answer said begins with `host … said`. */
const unreachable =
  /^(?!host ).*(connect to |timed out|connection refused|unreachable|lost connection)/i

function bouncedKey({ text, dsn }: Told): OutcomeKey {
  if (/loops back to myself|too many hops/i.test(text)) return 'returned_loop'
  if (/host (or domain name )?not found|domain not found/i.test(text)) return 'returned_no_domain'
  if (dsn === '5.1.1' || /user unknown|no such user/i.test(text)) return 'returned_unknown'
  return dsn === '5.2.2' || isFull(text) ? 'returned_full' : 'returned'
}

/** These words are our own, of Postfix or of the services that it asks; the first that fits. */
const refusals: readonly (readonly [OutcomeKey, RegExp])[] = [
  // Only the scanner takes away what programs send.
  ['virus_discarded', /^milter triggers DISCARD action$/],
  ['virus', /virus|infected|malware/i],
  ['reject_list', /reject list|does not (want|accept) mail from (this|you)/i],
  ['sending_limit', /sending limit|too many (recipients|messages)|locked/i],
  ['other_sender', /Sender address rejected: not owned/i],
  ['unknown_user', /\b5\.1\.1\b|User unknown/i],
  ['too_large', /\b5\.3\.4\b|\b5\.2\.3\b|size exceeds/i],
  ['full', /\b[45]\.2\.2\b|mailbox is full/i],
  ['sign_in', /Sign in on port/],
  ['no_relay', /Relay access denied/i],
  ['suspended', /\b4\.2\.1\b/],
  ['later', /^4\d\d /],
]

/** Addresses and HELOs are somebody else's words. */
function refusedKey({ text, recipientIs }: Told): OutcomeKey {
  const own = text.replace(/<[^>]*>/g, '<>')
  const key = refusals.find(([, words]) => words.test(own))?.[0] ?? 'refused'
  return key === 'no_relay' ? relayKeys[recipientIs] : key
}

/** To Postfix a domain with outMX is one elsewhere. When that was, the log doesn't tell. */
const relayKeys = {
  out_mx: 'out_mx',
  own: 'not_received',
  foreign: 'no_relay',
} as const satisfies Record<RecipientKind, OutcomeKey>

function outcome(key: OutcomeKey, of: string): Outcome {
  return { key, kind: outcomeKinds[key], of, isPlain: plain.has(key) }
}
