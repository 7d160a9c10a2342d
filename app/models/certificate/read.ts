import { X509Certificates } from '@peculiar/x509'
import { mostPemBytes } from '#config/certificates'
import { Refusal } from '#exceptions/refusals'
import type { Upload } from '#models/import/upload'
import { readPem, type PemBlock } from '#models/certificate/pem'

const plain = ['CERTIFICATE', 'X509 CERTIFICATE']
const bundles = ['PKCS7', 'CMS']

/** DER of all certificates in what somebody pasted, in its order; none when there is no text. */
export function certificatesIn(text: string, field: string): Buffer[] {
  if (text.trim() === '') return []
  const blocks = readPem(text, field)
  if (blocks.length === 0) throw new Refusal('no_certificate', field)
  return blocks.flatMap((block) => certificatesOf(block, field))
}

function certificatesOf({ label, der }: PemBlock, field: string): Buffer[] {
  if (plain.includes(label)) return [der]
  if (bundles.includes(label)) return bundled(der, field)
  if (label.endsWith('PRIVATE KEY')) throw new Refusal('private_key_among_certificates', field)
  if (label.endsWith('CERTIFICATE REQUEST')) {
    throw new Refusal('request_instead_of_certificate', field)
  }
  throw new Refusal('no_certificate', field)
}

/** What a file has: text as above, one certificate in DER, or a bundle (PKCS #7, `.p7b`). */
export function certificatesInFile(bytes: Buffer, field: string): Buffer[] {
  if (bytes.length > mostPemBytes) {
    throw new Refusal('pem_is_too_large', field, { max: mostPemBytes / 1024 })
  }
  if (bytes.includes('-----BEGIN')) return certificatesIn(bytes.toString('utf8'), field)
  const found = fromBundle(bytes)
  return found.length > 0 ? found : [bytes]
}

function bundled(der: Buffer, field: string): Buffer[] {
  const found = fromBundle(der)
  if (found.length === 0) throw new Refusal('no_certificate', field)
  return found
}

function fromBundle(der: Buffer): Buffer[] {
  try {
    return [...new X509Certificates(new Uint8Array(der))].map(({ rawData }) => Buffer.from(rawData))
  } catch {
    return []
  }
}

interface Given {
  readonly certificate?: string | null
  readonly chain?: string | null
}

/** From both fields of a form and its file; which of them is the server's own is found by its key. */
export function certificatesGiven({ certificate, chain }: Given, file?: Upload): Buffer[] {
  if (/\.(pfx|p12)$/i.test(file?.name ?? '')) throw new Refusal('pfx_is_not_taken', 'file')
  return [
    ...certificatesIn(certificate ?? '', 'certificate'),
    ...certificatesIn(chain ?? '', 'chain'),
    ...(file ? certificatesInFile(file.bytes, 'file') : []),
  ]
}
