import { basicTtl, spfSuffix } from '#config/dns'
import type { ZoneLine } from '#models/zone/record'

/** Who has the primary and who the secondary name server (DOM-04): A both ours, B the customer and ours, C both his. */
export type Pattern = 'A' | 'B' | 'C'

/** Where the site or the mail of a domain is; `none`: elsewhere, and the zone does not say where. */
export type Whereabouts = 'here' | 'elsewhere' | 'none'

export interface BasicDnsChoice {
  readonly pattern: Pattern
  readonly web: Whereabouts
  /** Of `elsewhere`: an IPv4 address or a name. */
  readonly webTarget: string | null
  readonly mail: Whereabouts
  readonly mailTarget: string | null
}

/** Of every domain that nobody has chosen anything else for. */
export const usualBasicDns: BasicDnsChoice = {
  ...{ pattern: 'A', web: 'here', webTarget: null, mail: 'here', mailTarget: null },
}

/**
 * Pattern A, exactly (seed 2.2.4): the domain itself, `www` and `mail` lead to the server, mail goes to `mail`, and the
 * policy of who may send it is kept by the provider. `www` and `mail` lead elsewhere, or are left out, when site or
 * mail are elsewhere; a mail server that is known by its name takes the place of `mail` (RFC 2181, 10.3).
 */
export function basicLines(
  name: string,
  choice: Pick<BasicDnsChoice, 'web' | 'webTarget' | 'mail' | 'mailTarget'>,
  /** Of the servers that have the domain; the first one takes its mail. */
  addresses: readonly string[]
): ZoneLine[] {
  const line = (label: string, type: string, content: string): ZoneLine => {
    return { name: label, type, ttl: basicTtl, content }
  }
  const here = (label: string, of = addresses) => of.map((address) => line(label, 'A', address))
  return [
    ...here('@'),
    ...webLines(choice, here, line),
    ...mailLines(name, choice, (label) => here(label, addresses.slice(0, 1)), line),
    line('@', 'TXT', ownPolicy(name, addresses)),
  ]
}

type Line = (label: string, type: string, content: string) => ZoneLine
type Here = (label: string, of?: readonly string[]) => ZoneLine[]

function webLines(
  { web, webTarget }: Pick<BasicDnsChoice, 'web' | 'webTarget'>,
  here: Here,
  line: Line
) {
  if (web === 'here') return here('www')
  if (web === 'none' || !webTarget) return []
  return [
    isAddress(webTarget) ? line('www', 'A', webTarget) : line('www', 'CNAME', `${webTarget}.`),
  ]
}

/** Without `mail` an MX would lead to a name that there is not. */
function mailLines(
  name: string,
  { mail, mailTarget }: Pick<BasicDnsChoice, 'mail' | 'mailTarget'>,
  here: Here,
  line: Line
) {
  const own = line('@', 'MX', `10 mail.${name}.`)
  if (mail === 'here') return [...here('mail'), own]
  if (mail === 'none' || !mailTarget) return []
  if (isAddress(mailTarget)) return [line('mail', 'A', mailTarget), own]
  return [line('@', 'MX', `10 ${mailTarget}.`)]
}

/** Names of hosts never end in a number. */
const isAddress = (target: string) => /^[0-9.]+$/.test(target)

/** A name that is too long to have another one below the suffix (RFC 1035, 3.1) says it by itself. */
function ownPolicy(name: string, addresses: readonly string[]) {
  const included = spfName(name)
  return included ? quoted(`v=spf1 include:${included} ~all`) : spfPolicy(addresses)
}

/** Where the provider keeps the policy of a domain. */
export function spfName(name: string): string | null {
  const whole = `${name}.${spfSuffix}`
  return whole.length > 253 ? null : whole
}

/** What the domain's policy includes: the provider keeps it true when a server gets another address. */
export function spfPolicy(addresses: readonly string[]) {
  return quoted(['v=spf1', ...addresses.map((each) => `ip4:${each}`), '~all'].join(' '))
}

/** Strings of at most 255 octets, put together without a space by who reads them (RFC 7208, 3.3). */
function quoted(text: string) {
  return (text.match(/.{1,255}/g) ?? []).map((part) => `"${part}"`).join(' ')
}
