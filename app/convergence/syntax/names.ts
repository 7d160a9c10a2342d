import { isIP } from 'node:net'
import { NotWritable } from '#convergence/syntax/not_writable'

declare const brand: unique symbol
type Branded<Name extends string> = string & { readonly [brand]: Name }

/** A-label form of a host name, lower case, no trailing dot (RFC 1123, RFC 5890). */
export type DomainName = Branded<'DomainName'>
/** A Unix account, group or instance name: `[a-z][a-z0-9-]{0,31}`. */
export type UnixName = Branded<'UnixName'>
/** Lower-case local part of a mail address; the dot-atom subset that mailboxes may have. */
export type LocalPart = Branded<'LocalPart'>
/** Normalised path from `/`: no `.`, `..`, empty parts, trailing slash or control characters. */
export type AbsolutePath = Branded<'AbsolutePath'>
/** Path of a URL from `/` that needs no encoding: the same path on a disk. No `.`, `..` or hidden parts. */
export type UrlPath = Branded<'UrlPath'>
/** `local@domain`, lower case, A-labels: a dot-atom without quotes, comments or control characters. */
export type EmailAddress = Branded<'EmailAddress'>
/** Whom a list of senders means: an address, a domain (with what is below it), an IPv4 address or network, in canonical form. */
export type SenderPattern = Branded<'SenderPattern'>
/** An IPv4 or IPv6 address, or a network in CIDR form; never one of all addresses. */
export type AddressRange = Branded<'AddressRange'>
/** `d<id of the domain>_<name>`: a database of MariaDB, or a user of one. Safe within quotes of any kind. */
export type DatabaseName = Branded<'DatabaseName'>

const domainName = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/
const unixName = /^[a-z][a-z0-9-]{0,31}$/
const localPart = /^[a-z0-9](?:[a-z0-9_+-]|\.(?=[a-z0-9_+-])){0,63}$/
const emailAddress =
  /^(?=.{3,254}$)[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/
const databaseName = /^d[1-9]\d{0,9}_[a-z0-9](?:[a-z0-9_]{0,30}[a-z0-9])?$/
const network = /^(?:\d{1,3}\.){3}\d{1,3}(?:\/\d{1,2})?$/
const absolutePath = /^(?:\/(?!\.{1,2}(?:\/|$))[^/\p{Cc}]+)+$/u
const urlPath = /^(?:\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+$/

export const toDomainName = (value: string) => parse<'DomainName'>(value, domainName)
export const toUnixName = (value: string) => parse<'UnixName'>(value, unixName)
export const toLocalPart = (value: string) => parse<'LocalPart'>(value, localPart)
export const toAbsolutePath = (value: string) => parse<'AbsolutePath'>(value, absolutePath)
export const toUrlPath = (value: string) => parse<'UrlPath'>(value, urlPath)
export const toDatabaseName = (value: string) => parse<'DatabaseName'>(value, databaseName)
export const toEmailAddress = (value: string) => parse<'EmailAddress'>(value, emailAddress)

export function toSenderPattern(value: string): SenderPattern {
  if (![emailAddress, domainName, network].some((shape) => shape.test(value))) {
    throw new NotWritable(value)
  }
  return value as SenderPattern
}

export function toAddressRange(value: string): AddressRange {
  const [address, length, ...rest] = value.split('/')
  const version = isIP(address)
  const most = version === 4 ? 32 : 128
  const isLength = length === undefined || (/^[1-9]\d{0,2}$/.test(length) && Number(length) <= most)
  if (version === 0 || address.includes('%') || !isLength || rest.length > 0) {
    throw new NotWritable(value)
  }
  return value as AddressRange
}

function parse<Name extends string>(value: string, shape: RegExp): Branded<Name> {
  if (!shape.test(value)) throw new NotWritable(value)
  return value as Branded<Name>
}
