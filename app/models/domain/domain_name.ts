import { domainToASCII, domainToUnicode } from 'node:url'
import { isIP } from 'node:net'
import { getPublicSuffix, parse } from 'tldts'
import { nameServerNames, spfSuffix } from '#config/dns'
import { readySuffixes, testSuffix } from '#config/domains'

/** Why a name cannot be a customer's own domain. Each has a message that says what to do. */
export const domainNameProblems = [
  'empty',
  'control_characters',
  'space',
  'url',
  'mail_address',
  'full_width',
  'ip_address',
  'single_label',
  'empty_label',
  'leading_hyphen',
  'characters',
  'mixed_scripts',
  'www',
  'invalid_idn',
  'label_too_long',
  'too_long',
  'special_use',
  'provider',
  'public_suffix',
  'unknown_suffix',
] as const

export type DomainNameProblem = (typeof domainNameProblems)[number]

/** `ascii` is the A-label form that daemons see, `unicode` what people read (RFC 5891). */
export type DomainNameCheck =
  { readonly ascii: string; readonly unicode: string } | { readonly problem: DomainNameProblem }

/** RFC 6761, RFC 6762, RFC 7686, RFC 8375 and names that must never leave a machine. */
const specialUse = /(^|\.)(localhost|local|test|invalid|example|onion|arpa|internal|alt)$/

/** What is wrong with the text as it was typed, in the order in which it helps most to hear of it. */
const shapeProblems: readonly (readonly [DomainNameProblem, RegExp])[] = [
  ['control_characters', /[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/u],
  ['full_width', /[\uFF01-\uFF5E\u3000-\u3002\uFF61]/],
  ['url', /:\/\/|\//],
  ['mail_address', /@/],
  ['space', /\s/],
  ['empty_label', /^\.|\.\./],
  ['leading_hyphen', /(^|\.)-|-(\.|$)/],
  // IDNA 2008 has letters, marks and digits; symbols such as ☃ are no longer registered
  ['characters', /[^a-z0-9.\-\p{L}\p{M}\p{N}・]/u],
]

/** DOM-01: reads a name as a customer types it. Whether it is taken is asked elsewhere. */
export function checkDomainName(input: string): DomainNameCheck {
  const typed = input.trim().replace(/\.$/, '').toLowerCase().normalize('NFC')
  const problem = problemOfText(typed)
  if (problem) return { problem }

  const ascii = domainToASCII(typed)
  if (domainToUnicode(ascii).split('.').some(isMixed)) return { problem: 'mixed_scripts' }
  const asciiProblem = problemOfAscii(ascii)
  if (asciiProblem) return { problem: asciiProblem }
  return { ascii, unicode: domainToUnicode(ascii) }
}

/**
 * Alphabets with letters that look alike are not mixed within a label (UTS 39): `аpple` with a Cyrillic а
 * is nobody's name but a trap. Japanese beside Latin letters is what it looks like.
 */
const alphabets = ['Latin', 'Cyrillic', 'Greek', 'Armenian', 'Cherokee', 'Coptic'].map(
  (script) => new RegExp(`\\p{Script=${script}}`, 'u')
)

function isMixed(label: string) {
  return alphabets.filter((alphabet) => alphabet.test(label)).length > 1
}

function problemOfText(typed: string): DomainNameProblem | undefined {
  if (typed === '') return 'empty'
  if (isIP(typed.replace(/^\[|\]$/g, ''))) return 'ip_address'
  return shapeProblems.find(([, shape]) => shape.test(typed))?.[0]
}

function problemOfAscii(ascii: string): DomainNameProblem | undefined {
  if (!survivesDecoding(ascii)) return 'invalid_idn'
  // A number in the last place makes the whole an IPv4 address to URL parsers
  if (isIP(ascii) || /(^|\.)\d+$/.test(ascii)) return 'ip_address'
  if (ascii.split('.').some((label) => label.length > 63)) return 'label_too_long'
  // `www.` goes in front of it
  if (ascii.length > 249) return 'too_long'
  if (specialUse.test(ascii)) return 'special_use'
  if (!ascii.includes('.')) return 'single_label'
  if (!isHostName(ascii)) return 'invalid_idn'
  return problemOfOwner(ascii)
}

/** `xn--` in front of nonsense decodes to nothing, to itself or to something that encodes otherwise. */
function survivesDecoding(ascii: string) {
  const unicode = domainToUnicode(ascii)
  return unicode !== '' && !/(^|\.)xn--/.test(unicode) && domainToASCII(unicode) === ascii
}

/** Names that the provider's own zones and name servers have (DOM-02, DOM-03, DOM-04). */
const providers = [...readySuffixes, testSuffix, spfSuffix, ...Object.values(nameServerNames)]

/** Whoever answers for a name above one of the provider's, or below it, answers in his place. */
function isProviders(ascii: string) {
  return providers.some(
    (name) => ascii === name || ascii.endsWith(`.${name}`) || name.endsWith(`.${ascii}`)
  )
}

function problemOfOwner(ascii: string): DomainNameProblem | undefined {
  if (!parse(ascii).isIcann) return 'unknown_suffix'
  for (const allowPrivateDomains of [false, true]) {
    if (getPublicSuffix(ascii, { allowPrivateDomains }) === ascii) return 'public_suffix'
  }
  if (isProviders(ascii)) return 'provider'
  if (ascii.startsWith('www.')) return 'www'
}

/** RFC 1123 labels; IDNA lets `--` stand in places three and four only behind `xn`. */
function isHostName(ascii: string) {
  return ascii
    .split('.')
    .every(
      (label) =>
        /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(label) &&
        (label.slice(2, 4) !== '--' || label.startsWith('xn--'))
    )
}

/** `www.example.jp` → `jp.example.www.`: everything below a name is one range of an index. */
export function reverseName(ascii: string) {
  return `${ascii.split('.').reverse().join('.')}.`
}

/** `a.b.example.jp` → `b.example.jp`, `example.jp`, `jp`. */
export function ancestorsOf(ascii: string) {
  const labels = ascii.split('.')
  return labels.slice(1).map((_, index) => labels.slice(index + 1).join('.'))
}
