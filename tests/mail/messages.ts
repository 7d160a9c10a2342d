import { curl } from '#tests/mail/clients'
import { testPassword } from '#tests/support/test_server'

/** The test file of the antivirus vendors; in two parts, so that no scanner takes this file for it. */
export const eicar = Buffer.from(
  ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR', '-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('')
)

/** What SpamAssassin gives 1,000 points for, by agreement. */
export const gtube = [
  'XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE',
  '-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X',
].join('')

export interface Letter {
  readonly from: string
  readonly subject: string
  readonly headers?: readonly string[]
  readonly text?: string
  readonly attachment?: Attachment
}

export interface Attachment {
  readonly name: string
  readonly content: Buffer
  /** What stands in the message instead of plain base64. */
  readonly written?: string
  readonly encoding?: string
}

/** As mail clients write it: lines of 76 characters. */
export const base64Of = (content: Buffer) =>
  content.toString('base64').replace(/.{76}(?=.)/g, '$&\r\n')

/** A message as a mail client writes it. */
export function letter({ from, subject, headers = [], text = 'Hello.', attachment }: Letter) {
  const head = [
    `From: <${from}>`,
    `Subject: ${subject}`,
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${Date.now()}.${Math.random().toString(36).slice(2)}@client.example.net>`,
    ...headers,
    'MIME-Version: 1.0',
  ]
  if (!attachment) {
    return [...head, 'Content-Type: text/plain; charset=utf-8', '', text, ''].join('\r\n')
  }
  const { name, content, encoding = 'base64', written = base64Of(content) } = attachment
  return [
    ...head,
    'Content-Type: multipart/mixed; boundary=part',
    '',
    '--part',
    'Content-Type: text/plain; charset=utf-8',
    '',
    text,
    '--part',
    'Content-Type: application/octet-stream',
    `Content-Transfer-Encoding: ${encoding}`,
    `Content-Disposition: attachment; filename="${name}"`,
    '',
    written,
    '--part--',
    '',
  ].join('\r\n')
}

export interface Envelope {
  readonly port?: 25 | 587
  readonly from: string
  readonly to: string | readonly string[]
  readonly as?: string
}

/** Hands in a message; the answer that counts. */
export async function handIn(
  address: string,
  { port = 587, from, to, as }: Envelope,
  message: string | Buffer
): Promise<string> {
  const { replies } = await curl(
    [
      ...['--url', `smtp://${address}:${port}/client.example.net`],
      ...(port === 25 ? [] : ['--ssl-reqd']),
      ...['--mail-from', from, ...[to].flat().flatMap((one) => ['--mail-rcpt', one])],
      ...(as ? ['--user', `${as}:${testPassword}`] : []),
      ...['--upload-file', '-'],
    ],
    message
  )
  return replies.filter((line) => !line.startsWith('221')).at(-1) ?? ''
}
