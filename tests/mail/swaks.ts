import { execFile } from 'node:child_process'
import { testPassword } from '#tests/support/test_server'

export interface Letter {
  /** 25 when nobody signs in, else 587. */
  readonly port?: number
  readonly from: string
  readonly to: string | readonly string[]
  readonly subject?: string
  /** Signs in as this. */
  readonly as?: string
  readonly password?: string
  readonly headers?: readonly string[]
  /** Whose message it says it is, where that is not the sender. */
  readonly author?: string
  /** Stops before the message. */
  readonly quitAfter?: 'RCPT'
}

export interface Reply {
  readonly status: number
  /** What the server said to each RCPT, in order. */
  readonly recipients: readonly string[]
  /** The last answer before the farewell. */
  readonly answer: string
  readonly transcript: string
}

/** Sends a letter with swaks, a foreign SMTP client. */
export function swaks(address: string, letter: Letter): Promise<Reply> {
  const { port = letter.as ? 587 : 25, subject = 'test', password = testPassword } = letter
  const argv = [
    ...['--server', address, '--port', String(port), '--helo', 'client.example.net'],
    ...['--from', letter.from, '--to', [letter.to].flat().join(',')],
    ...['--header', `Subject: ${subject}`, '--timeout', '60'],
    ...(letter.author ? ['--header', `From: ${letter.author}`] : []),
    ...(letter.headers ?? []).flatMap((one) => ['--add-header', one]),
    ...(letter.as
      ? ['--auth', 'PLAIN', '--auth-user', letter.as, '--auth-password', password]
      : []),
    ...(port === 465 ? ['--tls-on-connect'] : port === 587 ? ['--tls'] : []),
    ...(letter.quitAfter ? ['--quit-after', letter.quitAfter] : []),
  ]
  return new Promise((resolve) => {
    execFile('swaks', argv, { maxBuffer: 16 * 2 ** 20 }, (error, stdout) => {
      resolve({ status: error ? Number(error.code ?? 255) : 0, ...understood(stdout) })
    })
  })
}

export async function recipientsOf(done: Promise<Reply>) {
  const { recipients } = await done
  return recipients
}

export async function stdoutOf(done: Promise<{ readonly stdout: string }>) {
  const { stdout } = await done
  return stdout
}

/** Lines of the server begin with `<`, with `*` when it refuses. Continued answers have a `-`. */
function understood(transcript: string): Omit<Reply, 'status'> {
  const recipients: string[] = []
  let answer = ''
  let asked = ''
  for (const line of transcript.split('\n')) {
    const [, command] = /^ *[~-]> (\S.*)$/.exec(line) ?? []
    if (command) asked = command
    const [, said] = /^<[~*-]* +(\d{3} .*)$/.exec(line) ?? []
    if (!said || said.startsWith('221')) continue
    answer = said
    if (/^RCPT /i.test(asked)) recipients.push(said)
  }
  return { recipients, answer, transcript }
}
