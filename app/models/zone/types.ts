import { recordExamples } from '#models/zone/examples'
import * as field from '#models/zone/fields'
import type { Field } from '#models/zone/fields'
import type { Reading } from '#models/zone/name'
import { octetsOf, pieces, quoted, refuseControls, tokensOf } from '#models/zone/presentation'
import type { Token } from '#models/zone/presentation'
import { RecordProblem } from '#models/zone/problem'
import { readParameters } from '#models/zone/service_parameters'

/** OPT-10: what a customer can have in his zones, in the order in which he is offered it. */
export const recordTypes = [
  'A',
  'AAAA',
  'CNAME',
  'MX',
  'TXT',
  'NS',
  'SRV',
  'CAA',
  'PTR',
  'SSHFP',
  'TLSA',
  'HTTPS',
  'SVCB',
  'NAPTR',
  'DS',
] as const

export type RecordType = (typeof recordTypes)[number]

/** More than any DKIM key and any list needs, less than a name server's answer can hold. */
export const longestContent = 8_192

type Reader = (tokens: readonly Token[], reading: Reading) => string

const readers: Readonly<Record<RecordType, Reader>> = {
  A: fields(field.ipv4),
  AAAA: fields(field.ipv6),
  CNAME: fields(field.target),
  MX: fields(field.short16, field.hostOrNone),
  TXT: texts,
  NS: fields(field.host),
  SRV: fields(field.short16, field.short16, field.short16, field.hostOrNone),
  CAA: caa,
  PTR: fields(field.target),
  SSHFP: digest(fields(field.oneOf(1, 2, 3, 4, 6), field.oneOf(1, 2)), 1, { 1: 40, 2: 64 }),
  TLSA: digest(fields(field.oneOf(0, 1, 2, 3), field.oneOf(0, 1), field.oneOf(0, 1, 2)), 2, {
    1: 64,
    2: 128,
  }),
  HTTPS: service,
  SVCB: service,
  NAPTR: naptr,
  DS: digest(
    fields(field.short16, field.oneOf(5, 7, 8, 10, 13, 14, 15, 16), field.oneOf(1, 2, 4)),
    2,
    { 1: 40, 2: 64, 4: 96 }
  ),
}

export function isRecordType(type: string): type is RecordType {
  return (recordTypes as readonly string[]).includes(type)
}

/** As zone files have it. Answers the one spelling that is kept. */
export function readTokens(type: RecordType, tokens: readonly Token[], reading: Reading): string {
  const content = withExample(type, () => readers[type](tokens, reading))
  if (content.length > longestContent) throw new RecordProblem('too_long', { most: longestContent })
  return content
}

/** Who leaves something out has most likely never seen such a record. */
function withExample(type: RecordType, read: () => string): string {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof RecordProblem) || error.key !== 'too_few_values') throw error
    const data = { ...error.data, example: recordExamples[type] }
    throw new RecordProblem(error.key, data, error.field)
  }
}

/** As it is typed into a form: text needs no quotes there. */
export function readContent(type: RecordType, typed: string, reading: Reading): string {
  const value = typed.trim()
  if (value === '') throw new RecordProblem('empty_value')
  // Work and messages stay small, whatever is sent
  if (value.length > longestContent) throw new RecordProblem('too_long', { most: longestContent })
  if (type === 'TXT' && !value.startsWith('"')) {
    refuseControls(value)
    return pieces(Buffer.from(value, 'utf8')).map(quoted).join(' ')
  }
  return readTokens(type, tokensOf(value), reading)
}

/** One value for each field. */
function fields(...all: readonly Field[]): Reader {
  return (tokens, reading) => {
    if (tokens.length < all.length)
      throw new RecordProblem('too_few_values', { count: tokens.length, wanted: all.length })
    if (tokens.length > all.length)
      throw new RecordProblem('too_many_values', { count: tokens.length, wanted: all.length })
    return all.map((read, index) => read(tokens[index], reading)).join(' ')
  }
}

function texts(tokens: readonly Token[], reading: Reading) {
  if (tokens.length === 0) throw new RecordProblem('empty_value')
  return tokens.map((token) => field.text(token, reading)).join(' ')
}

/** Numbers in front, then hexadecimal digits whose count the number at `kindAt` decides. */
function digest(front: Reader, kindAt: number, digits: Readonly<Record<number, number>>): Reader {
  const count = kindAt + 1
  return (tokens, reading) => {
    if (tokens.length <= count)
      throw new RecordProblem('too_few_values', { count: tokens.length, wanted: count + 1 })
    const numbers = front(tokens.slice(0, count), reading)
    const joined = tokens.slice(count).map(({ raw }) => raw)
    const hex = field.hexadecimal({ raw: joined.join(''), quoted: false }, reading)
    const wanted = digits[Number(numbers.split(' ')[kindAt])]
    if (wanted !== undefined && hex.length !== wanted)
      throw new RecordProblem('digest_length', { count: hex.length, wanted })
    return `${numbers} ${hex}`
  }
}

const caaTags = ['issue', 'issuewild', 'issuemail', 'iodef', 'contactemail', 'contactphone']

/** RFC 8659. */
function caa(tokens: readonly Token[], reading: Reading) {
  const read = fields(field.oneOf(0, 128), ({ raw }) => raw.toLowerCase(), field.characters)
  const content = read(tokens, reading)
  const tag = tokens[1].raw.toLowerCase()
  if (!caaTags.includes(tag)) throw new RecordProblem('caa_tag', { typed: field.short(tag) })
  const value = octetsOf(tokens[2].raw).toString('latin1')
  const isIssuer = /^ *([a-z0-9]([a-z0-9.-]*[a-z0-9])?)? *(;[\x20-\x7e]*)?$/i.test(value)
  if (tag.startsWith('issue') && !isIssuer) throw new RecordProblem('caa_issuer')
  return content
}

/** RFC 9460. */
function service(tokens: readonly Token[], reading: Reading) {
  const front = fields(field.short16, field.nameOrNone)(tokens.slice(0, 2), reading)
  const priority = front.split(' ')[0]
  return [front, ...readParameters(tokens.slice(2), priority)].join(' ')
}

/** RFC 3403, 4.1: either a pattern or a name to go on with. */
function naptr(tokens: readonly Token[], reading: Reading) {
  const { short16: order, characters } = field
  const letters: Field = (token, each) => {
    const { raw } = token
    if (!/^[a-z0-9]*$/i.test(raw))
      throw new RecordProblem('word', { typed: raw, words: 'S、A、U、P' })
    return characters(token, each)
  }
  const all = [order, order, letters, characters, characters, field.nameOrNone] as const
  const content = fields(...all)(tokens, reading)
  if (tokens[4].raw !== '' && tokens[5].raw !== '.') throw new RecordProblem('naptr_both')
  return content
}
