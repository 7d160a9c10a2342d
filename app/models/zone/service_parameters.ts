import { isIPv4, isIPv6 } from 'node:net'
import { short } from '#models/zone/fields'
import type { Token } from '#models/zone/presentation'
import { RecordProblem } from '#models/zone/problem'

/** RFC 9460, 14.3.2, and RFC 9461 for `dohpath`. */
const keys = [
  'mandatory',
  'alpn',
  'no-default-alpn',
  'port',
  'ipv4hint',
  'ech',
  'ipv6hint',
  'dohpath',
]

const shapes: Readonly<Record<string, (value: string) => boolean>> = {
  'mandatory': (value) => /^[a-z0-9-]+(,[a-z0-9-]+)*$/.test(value),
  'alpn': (value) => /^[a-z0-9/.-]{1,255}(,[a-z0-9/.-]{1,255})*$/i.test(value),
  'no-default-alpn': (value) => value === '',
  'port': (value) => /^\d{1,5}$/.test(value) && Number(value) <= 65_535,
  'ipv4hint': (value) => value.split(',').every((each) => isIPv4(each)),
  'ech': (value) => value !== '' && /^[a-z0-9+/]+={0,2}$/i.test(value) && value.length % 4 === 0,
  'ipv6hint': (value) => value.split(',').every((each) => isIPv6(each) && !each.includes('%')),
  'dohpath': (value) => /^\/[\x21\x23-\x3a\x3c-\x5b\x5d-\x7e]*\{\?dns\}$/.test(value),
}

/** `alpn=h2,h3 port=8443`, in the order of the keys' numbers (RFC 9460, 2.1). */
export function readParameters(tokens: readonly Token[], priority: string): string[] {
  if (priority === '0' && tokens.length > 0) throw new RecordProblem('svc_alias')
  const read = tokens.map(readParameter)
  const named = new Set(read.map(({ key }) => key))
  if (named.size < read.length) throw new RecordProblem('svc_twice')
  if (named.has('no-default-alpn') && !named.has('alpn'))
    throw new RecordProblem('svc_mandatory', { key: 'alpn' })
  refuseMissing(read.find(({ key }) => key === 'mandatory')?.value, named)
  return read
    .toSorted((one, other) => keys.indexOf(one.key) - keys.indexOf(other.key))
    .map(({ key, value }) => (value === '' ? key : `${key}=${value}`))
}

function readParameter({ raw, quoted }: Token) {
  const [, key = '', value = ''] = /^([^=]*)=?(.*)$/su.exec(raw) ?? []
  const known = key.toLowerCase()
  if (quoted || !keys.includes(known)) throw new RecordProblem('svc_key', { key: short(key) })
  const plain = value.replace(/^"(.*)"$/su, '$1')
  if (!shapes[known](plain)) throw new RecordProblem('svc_value', { key: known })
  return { key: known, value: plain }
}

/** What clients must understand has to be there, once, and not be the list itself. */
function refuseMissing(mandatory: string | undefined, named: ReadonlySet<string>) {
  const wanted = mandatory?.split(',') ?? []
  const missing = wanted.find((key) => key === 'mandatory' || !named.has(key))
  if (missing) throw new RecordProblem('svc_mandatory', { key: missing })
  if (new Set(wanted).size < wanted.length) throw new RecordProblem('svc_twice')
}
