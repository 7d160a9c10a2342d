import { setTimeout as wait } from 'node:timers/promises'
import type MailingList from '#models/mailing_list'
import type { TestServer } from '#tests/support/test_server'

/** mlmmj's own directory of a list. */
export const spoolOf = (list: MailingList) => `/var/lib/tsukasa-lists/${list.id}`

/** The text of the newest message in Postfix's queue for somebody elsewhere, with its envelope. */
export async function queuedFor(server: TestServer, recipient: string, tries = 100) {
  for (let left = tries; left > 0; left--) {
    const { stdout } = await server.exec(['postqueue', '-j'])
    const found = stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
      .filter(({ recipients }) => recipients.some((one: any) => one.address === recipient))
      .sort((one, other) => one.arrival_time - other.arrival_time)
      .at(-1)
    if (found) {
      const { stdout: text } = await server.exec(['postcat', '-bhq', found.queue_id])
      return { id: found.queue_id as string, sender: found.sender as string, text }
    }
    await wait(100)
  }
  throw new Error(`nothing is queued for ${recipient}`)
}

export async function dequeueAll(server: TestServer) {
  await server.exec(['postsuper', '-d', 'ALL'])
}

/** Until Postfix holds nothing that goes to lists or to users of this server. */
export async function settled(server: TestServer) {
  for (let left = 200; left > 0; left--) {
    const { stdout } = await server.exec([
      'find',
      '/var/spool/postfix/active',
      '/var/spool/postfix/incoming',
      '/var/spool/postfix/maildrop',
      '-type',
      'f',
    ])
    if (stdout.trim() === '') return
    await wait(50)
  }
}

/** RFC 2047 words of a header, as people read it. */
export function readable(header: string): string {
  return header
    .replace(/\r?\n[ \t]+/g, ' ')
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind: string, text: string) =>
      kind.toLowerCase() === 'b'
        ? Buffer.from(text, 'base64').toString('utf8')
        : Buffer.from(
            text
              .replace(/_/g, ' ')
              .replace(/=([0-9a-f]{2})/gi, (__, hex) =>
                String.fromCharCode(Number.parseInt(hex, 16))
              ),
            'latin1'
          ).toString('utf8')
    )
}
