import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { curl } from '#tests/mail/clients'
import { testPassword, type TestServer } from '#tests/support/test_server'

/** A message as the last hop hands it to Dovecot: what spam filters said is in its header by then. */
export interface Message {
  readonly to: string
  /** Envelope sender; the From line too where no other is given. */
  readonly from?: string
  readonly fromLine?: string
  readonly subject?: string
  /** Whole lines without line ends. */
  readonly headers?: readonly string[]
  readonly body?: string
  /** The line above all others, such as what a server in between wrote. */
  readonly first?: string
}

export const outsider = 'somebody@elsewhere.example.com'

/** LMTP as Postfix speaks it; the client is Python's own library. */
const client = `
import smtplib, sys
sender, recipient = sys.argv[1:3]
try:
    with smtplib.LMTP('/var/spool/postfix/private/dovecot-lmtp') as lmtp:
        lmtp.sendmail(sender, [recipient], sys.stdin.buffer.read().replace(b'\\n', b'\\r\\n'))
        print('250')
except smtplib.SMTPResponseException as error:
    print(error.smtp_code, error.smtp_error.decode())
except smtplib.SMTPRecipientsRefused as error:
    [(code, text)] = error.recipients.values()
    print(code, text.decode())
`

/** Hands the message to Dovecot; answers what it said, `250` first when it was taken. */
export async function deliver(server: TestServer, message: Message): Promise<string> {
  const { from = outsider, to } = message
  const { stdout, stderr } = await server.exec(['python3', '-c', client, from, to], textOf(message))
  return stdout.trim() || stderr
}

export function textOf({ from = outsider, fromLine, to, ...message }: Message): string {
  const { subject = 'test', headers = [], body = 'text', first } = message
  const lines = [
    ...(first ? [first] : []),
    `From: <${fromLine ?? from}>`,
    `To: <${to}>`,
    `Subject: ${subject}`,
    `Message-ID: <${randomUUID()}@client.example.net>`,
    `Date: Sun, 22 Nov 2026 12:00:00 +0900`,
    ...headers,
  ]
  return `${lines.join('\n')}\n\n${body}\n`
}

/** What the scanner writes for so many points. */
export const scored = (points: number) => [`X-Spam-Level: ${'*'.repeat(points)}`]

/** All messages of a folder, as an IMAP client sees them; waits until there are that many. */
export async function messages(
  server: TestServer,
  login: string,
  { folder = 'INBOX', atLeast = 0 } = {}
): Promise<string[]> {
  let found: string[] = []
  for (let tries = 0; tries < 100; tries++) {
    found = await fetchAll(server.address, login, folder)
    if (found.length >= atLeast) return found
    await wait(100)
  }
  throw new Error(`${login} has ${found.length} of ${atLeast} in ${folder}`)
}

async function fetchAll(address: string, login: string, folder: string) {
  const url = `imaps://${address}/${folder}`
  const user = ['--user', `${login}:${testPassword}`]
  const { body } = await curl(['--url', url, ...user, '--request', 'UID SEARCH ALL'])
  const uids = body.match(/\d+/g) ?? []
  return Promise.all(
    uids.map(async (uid) => {
      const got = await curl(['--url', `${url};UID=${uid}`, ...user])
      return got.body
    })
  )
}

/** Nothing is left of earlier tests. */
export async function empty(server: TestServer, login: string) {
  for (const folder of ['INBOX', 'JunkMail'])
    await server.exec(['doveadm', 'expunge', '-u', login, 'mailbox', folder, 'all'])
}

export const subjectOf = (message: string) => /^Subject: (.*(?:\r?\n[ \t].*)*)/m.exec(message)?.[1]

/** Which processes serve mail and since when: a reload or a restart would show. */
export async function reloads(server: TestServer): Promise<number> {
  const units = ['postfix', 'dovecot', 'postfix@-'].flatMap((unit) => ['-u', unit])
  const { stdout } = await server.exec(['journalctl', '-o', 'cat', ...units])
  return stdout.match(/reload|refreshing|starting/gi)?.length ?? 0
}
