import { execFile } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'
import { testPassword } from '#tests/support/test_server'

/** What curl, as a mail client of somebody else's making, did. */
export interface Talk {
  /** curl's exit status: 67 is a refused sign-in, 55 and 56 a broken connection. */
  readonly status: number
  readonly body: string
  /** What the server said, line by line. */
  readonly replies: readonly string[]
}

export async function statusOf(done: Promise<{ readonly status: number }>) {
  const { status } = await done
  return status
}

export async function answerOf(done: Promise<{ readonly answer: string }>) {
  const { answer } = await done
  return answer
}

async function bodyOf(done: Promise<Talk>) {
  const { body } = await done
  return body
}

/** Certificates are self-signed until the domain has one; whose they are is not asked here. */
const common = ['--silent', '--verbose', '--insecure', '--max-time', '60']

export function curl(args: readonly string[], input: string | Buffer = ''): Promise<Talk> {
  return new Promise((resolve) => {
    const options = { maxBuffer: 64 * 2 ** 20, encoding: 'utf8' } as const
    const child = execFile('curl', [...common, ...args], options, (error, body, told) => {
      const status = error ? Number(error.code ?? 255) : 0
      const replies = told.split(/\r?\n/).filter((line) => line.startsWith('< '))
      resolve({ status, body, replies: replies.map((line) => line.slice(2)) })
    })
    child.stdin?.on('error', () => {})
    child.stdin?.on('error', () => undefined).end(input)
  })
}

export interface Submission {
  readonly port?: 25 | 587 | 465
  readonly from: string
  readonly to: string | readonly string[]
  readonly subject?: string
  /** Signs in as this; as nobody when it is absent. */
  readonly as?: string
  readonly password?: string
  /** Bytes of text below the header. */
  readonly size?: number
  readonly isPlain?: boolean
}

/** Submits a message, or a file; the answer that counts is the last one that is no farewell. */
export async function submit(address: string, mail: Submission, file = '-') {
  const { port = 587, from, as, password = testPassword, isPlain = port === 25 } = mail
  const talk = await curl(
    [
      ...['--url', `${port === 465 ? 'smtps' : 'smtp'}://${address}:${port}/client.example.net`],
      ...(isPlain || port === 465 ? [] : ['--ssl-reqd']),
      ...['--mail-from', from, ...[mail.to].flat().flatMap((to) => ['--mail-rcpt', to])],
      ...(as ? ['--user', `${as}:${password}`] : []),
      ...['--upload-file', file],
    ],
    messageOf(mail)
  )
  const answers = talk.replies.filter((line) => !line.startsWith('221'))
  return { ...talk, answer: answers.at(-1) ?? '' }
}

function messageOf({ subject = 'test', size = 20, from }: Submission) {
  const line = `${'x'.repeat(70)}\r\n`
  const text = line.repeat(Math.ceil(size / line.length))
  return `From: <${from}>\r\nSubject: ${subject}\r\n\r\n${text}`
}

export type Door = 'imap' | 'imaps' | 'pop3' | 'pop3s'

export interface Reader {
  readonly address: string
  readonly door?: Door
  readonly password?: string
  readonly isPlain?: boolean
}

function door({ address, door: scheme = 'imaps', isPlain }: Reader, path: string) {
  const tls = isPlain || scheme.endsWith('s') ? [] : ['--ssl-reqd']
  return ['--url', `${scheme}://${address}/${path}`, ...tls]
}

const as = (login: string, { password = testPassword }: Reader) => [
  '--user',
  `${login}:${password}`,
]

/** Whether a sign-in is let in. */
export async function canSignIn(login: string, reader: Reader): Promise<boolean> {
  const { status } = await curl([...door(reader, ''), ...as(login, reader)])
  return status === 0
}

export const folders = async (login: string, reader: Reader) =>
  await bodyOf(curl([...door(reader, ''), ...as(login, reader)]))

/** The newest message in the inbox whose subject is this; delivery follows acceptance within moments. */
export async function read(login: string, subject: string, reader: Reader): Promise<string> {
  for (let tries = 0; tries < 100; tries++) {
    const { body } = await curl([
      ...door(reader, await newest(login, reader)),
      ...as(login, reader),
    ])
    if (body.includes(`Subject: ${subject}\r\n`)) return body
    await wait(100)
  }
  throw new Error(`${login} got no "${subject}"`)
}

async function newest(login: string, reader: Reader): Promise<string> {
  if (!reader.door?.startsWith('pop3')) return 'INBOX;MAILINDEX=*'
  const { body } = await curl([...door(reader, ''), ...as(login, reader)])
  return String(Math.max(1, body.trim().split('\n').length))
}
