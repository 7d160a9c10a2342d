import { isIPv4, isIPv6 } from 'node:net'
import { isHostName, readName, type Reading } from '#models/zone/name'
import { octetsOf, pieces, quoted, longestString, type Token } from '#models/zone/presentation'
import { RecordProblem } from '#models/zone/problem'

/** Reads one value of a record and answers its one spelling. */
export type Field = (token: Token, reading: Reading) => string

export const integer =
  (most: number, least = 0): Field =>
  ({ raw }) => {
    const isRight = /^\d{1,10}$/.test(raw) && Number(raw) >= least && Number(raw) <= most
    if (!isRight) throw new RecordProblem('number', { typed: short(raw), least, most })
    return String(Number(raw))
  }

export const octet = integer(255)
export const short16 = integer(65_535)

export const oneOf =
  (...allowed: readonly number[]): Field =>
  ({ raw }) => {
    const isRight = /^\d{1,3}$/.test(raw) && allowed.includes(Number(raw))
    if (!isRight) throw new RecordProblem('word', { typed: short(raw), words: allowed.join('、') })
    return String(Number(raw))
  }

export const ipv4: Field = ({ raw }) => {
  if (!isIPv4(raw)) throw new RecordProblem('ipv4', { typed: short(raw) })
  return raw
}

export const ipv6: Field = ({ raw }) => {
  if (!isIPv6(raw) || raw.includes('%')) throw new RecordProblem('ipv6', { typed: short(raw) })
  return new URL(`http://[${raw}]/`).hostname.slice(1, -1)
}

/** Any name, such as what an alias stands for. */
export const name: Field = ({ raw }, reading) => {
  if (isIPv4(raw.replace(/\.$/, '')) || isIPv6(raw)) throw new RecordProblem('host_is_address')
  const absolute = readName(raw, reading)
  if (absolute.includes('*')) throw new RecordProblem('wildcard')
  return absolute
}

export const target: Field = (token, reading) => {
  const absolute = name(token, reading)
  if (absolute === '.') throw new RecordProblem('target_is_root')
  return absolute
}

/** Of a machine that is to be reached. */
export const host: Field = (token, reading) => {
  const absolute = target(token, reading)
  if (!isHostName(absolute)) throw new RecordProblem('host_name', { name: absolute.slice(0, -1) })
  return absolute
}

/** `.` says that there is none (RFC 7505, RFC 2782, RFC 9460). */
export const hostOrNone: Field = (token, reading) =>
  token.raw === '.' ? '.' : host(token, reading)

/** RFC 9460: names of other services may begin with an underscore. */
export const nameOrNone: Field = (token, reading) =>
  token.raw === '.' ? '.' : name(token, reading)

export const characters: Field = ({ raw }) => {
  const octets = octetsOf(raw)
  if (octets.length > longestString) throw new RecordProblem('too_long', { most: longestString })
  return quoted(octets)
}

/** Text of any length: longer strings are cut into such as there can be. */
export const text: Field = ({ raw }) => pieces(octetsOf(raw)).map(quoted).join(' ')

export const hexadecimal: Field = ({ raw }) => {
  if (!/^([0-9a-f]{2})+$/i.test(raw)) throw new RecordProblem('hexadecimal')
  return raw.toLowerCase()
}

export function short(typed: string) {
  return typed.length > 40 ? `${typed.slice(0, 40)}…` : typed
}
