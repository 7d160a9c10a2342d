import { mostPemBytes } from '#config/certificates'
import { Refusal } from '#exceptions/refusals'

/** One thing between BEGIN and END (RFC 7468). */
export interface PemBlock {
  /** `CERTIFICATE`, `PRIVATE KEY` … */
  readonly label: string
  readonly der: Buffer
  /** By a header of old OpenSSL or by its kind. */
  readonly isEncrypted: boolean
}

const begin = /^-----BEGIN ([A-Z0-9][A-Z0-9 ]{0,62})-----$/
const end = /^-----END ([A-Z0-9][A-Z0-9 ]{0,62})-----$/
const header = /^[A-Za-z][A-Za-z-]*: /
const base64 = /^[A-Za-z0-9+/]+={0,2}$/

/**
 * The blocks of a text that somebody pasted. What is between blocks is skipped, as authorities write the
 * names of their certificates there. Only decoded bytes are ever used, so nothing of the text
 * itself reaches a file. Strict inside a block: a line that is no Base64, a missing END, a BEGIN in between are refused.
 */
export function readPem(text: string, field: string): PemBlock[] {
  if (Buffer.byteLength(text) > mostPemBytes) {
    throw new Refusal('pem_is_too_large', field, { max: mostPemBytes / 1024 })
  }
  const blocks: PemBlock[] = []
  const lines = text.split(/\r\n|\n|\r/).map((line) => line.trim())
  for (let index = 0; index < lines.length; index++) {
    const label = begin.exec(lines[index])?.[1]
    if (label === undefined) {
      if (/-----(BEGIN|END)/.test(lines[index])) throw broken(field, index)
      continue
    }
    const last = lines.findIndex((line, at) => at > index && /-----/.test(line))
    if (last === -1 || end.exec(lines[last])?.[1] !== label) throw broken(field, index)
    blocks.push(blockOf(label, lines.slice(index + 1, last), () => broken(field, index)))
    index = last
  }
  return blocks
}

function blockOf(label: string, lines: readonly string[], refuse: () => Refusal): PemBlock {
  const headers = lines.filter((line) => header.test(line))
  const body = lines.filter((line) => line !== '' && !header.test(line)).join('')
  if (!base64.test(body) || body.length % 4 !== 0) throw refuse()
  const isEncrypted =
    label.startsWith('ENCRYPTED') || headers.some((line) => /ENCRYPTED/.test(line))
  return { label, der: Buffer.from(body, 'base64'), isEncrypted }
}

/** `index`: of the line, from 0. */
function broken(field: string, index: number) {
  return new Refusal('pem_is_broken', field, { line: index + 1 })
}

export function pemOf(label: string, der: Uint8Array): string {
  const body =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...body, `-----END ${label}-----`, ''].join('\n')
}
