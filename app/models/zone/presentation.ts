import { RecordProblem } from '#models/zone/problem'

/** One word of a record as it was written: escapes are still in it, quotes around it are not. */
export interface Token {
  readonly raw: string
  readonly quoted: boolean
}

/** RFC 1035, 3.3: a character string's length is one octet. */
export const longestString = 255

/** Words of one line (RFC 1035, 5.1). What is neither printable nor text is no part of any record. */
export function tokensOf(text: string): Token[] {
  refuseControls(text)
  const tokens: Token[] = []
  let rest = text
  while ((rest = rest.trimStart()) !== '') {
    const [token, length] = rest.startsWith('"') ? quotedAt(rest) : plainAt(rest)
    tokens.push(token)
    rest = rest.slice(length)
  }
  return tokens
}

export function refuseControls(text: string) {
  if (/[\p{Cf}\p{Cs}\p{Co}\u2028\u2029\ufffd]|(?!\t)\p{Cc}/u.test(text))
    throw new RecordProblem('control_characters')
}

function quotedAt(text: string): [Token, number] {
  const found = /^"((?:[^"\\]|\\.)*)"/u.exec(text)
  if (!found) throw new RecordProblem('open_quote')
  return [{ raw: found[1], quoted: true }, found[0].length]
}

/** Also `alpn="h2,h3"`: quotes within a word belong to it. */
function plainAt(text: string): [Token, number] {
  const [found] = /^(?:\\.|"(?:[^"\\]|\\.)*"|[^\s"\\])+/u.exec(text) ?? ['']
  if (found === '') throw new RecordProblem(text.startsWith('\\') ? 'bad_escape' : 'open_quote')
  return [{ raw: found, quoted: false }, found.length]
}

/** Octets that are meant: `\034` is a decimal number, any other `\x` is x itself; text is UTF-8. */
export function octetsOf(raw: string): Buffer {
  const parts = raw.match(/\\\d{3}|\\[^\d]|[^\\]+|\\/gu) ?? []
  return Buffer.concat(parts.map(octetsOfPart))
}

function octetsOfPart(part: string): Buffer {
  if (!part.startsWith('\\')) return Buffer.from(part, 'utf8')
  const number = /^\\(\d{3})$/.exec(part)?.[1]
  if (number === undefined) {
    if (part.length === 1) throw new RecordProblem('bad_escape')
    return Buffer.from(part.slice(1), 'utf8')
  }
  if (Number(number) > 255) throw new RecordProblem('bad_escape')
  return Buffer.from([Number(number)])
}

/** The one spelling that everything is kept in. */
export function quoted(octets: Uint8Array): string {
  const spelled = Array.from(octets, (octet) => {
    if (octet === 0x22 || octet === 0x5c) return `\\${String.fromCharCode(octet)}`
    if (octet >= 0x20 && octet <= 0x7e) return String.fromCharCode(octet)
    return `\\${String(octet).padStart(3, '0')}`
  })
  return `"${spelled.join('')}"`
}

/** The spelling for people: octets that are text, such as Japanese, as that; what isn't, or wouldn't be seen, stays a number. */
export function readableContent(content: string): string {
  return content.replace(/(?:\\\d{3})+/g, (spelled) => {
    const text = octetsOf(spelled).toString('utf8')
    return /^[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}]+$/u.test(text) && !/[\ufffd"\\]/.test(text)
      ? text
      : spelled
  })
}

/** Pieces that a string can hold; nothing is one empty piece. */
export function pieces(octets: Buffer): Buffer[] {
  const count = Math.max(1, Math.ceil(octets.length / longestString))
  return Array.from({ length: count }, (_, index) =>
    octets.subarray(index * longestString, (index + 1) * longestString)
  )
}
