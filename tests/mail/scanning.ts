import db from '@adonisjs/lucid/services/db'
import type Domain from '#models/domain'
import { handIn, letter } from '#tests/mail/messages'
import type { TestServer } from '#tests/support/test_server'
import { until } from '#tests/support/until'

/** Rows of a mailbox or of its domain, changed and applied as the panel does it. */
export async function change(
  server: TestServer,
  domain: Domain,
  table: 'domains' | 'mailboxes',
  id: number,
  values: Record<string, unknown>
) {
  await db.transaction(async (client) => {
    await client.from(table).where('id', id).update(values)
    await server.server.requestApply({ reason: 'tests', domainIds: [domain.id] }, client)
  })
  await server.converge()
}

/** Process ids of all that a change of a user must leave alone: a restart or reload would show. */
export async function daemons(server: TestServer): Promise<string> {
  const units = [
    'postfix',
    'dovecot',
    'opendkim',
    'tsukasa-spamd',
    'tsukasa-scanner',
    'tsukasa-clamd',
  ]
  const { stdout } = await server.exec([
    ...['systemctl', 'show', '--property=MainPID,ExecMainStartTimestampMonotonic', '--'],
    ...units.map((unit) => `${unit}.service`),
  ])
  const { stdout: log } = await server.exec([
    ...['journalctl', '--output=cat', '--grep=[Rr]eload|refresh', '--no-pager'],
  ])
  return stdout + log.split('\n').length
}

/** All messages in a folder, newest last, as the server has them. */
export async function messages(server: TestServer, login: string, folder = 'INBOX') {
  const { stdout } = await server.exec([
    ...['doveadm', '-f', 'flow', 'fetch', '-u', login, 'text', 'mailbox', folder, 'all'],
  ])
  return stdout
    .split(/^text=/m)
    .slice(1)
    .map((one) => one.replaceAll('\r\n', '\n'))
}

export async function withSubject(server: TestServer, login: string, subject: string) {
  const all = await messages(server, login)
  return all.filter((one) => one.includes(`Subject: ${subject}\n`))
}

/** The newest message with that subject, once it is there. */
export async function arrived(server: TestServer, login: string, subject: string) {
  const found = await until(
    () => withSubject(server, login, subject),
    (all) => all.length > 0
  )
  return found.at(-1)!
}

export function header(message: string, name: string): string | undefined {
  const [head] = message.split('\n\n', 1)
  const unfolded = head.replace(/\n[ \t]+/g, ' ')
  return new RegExp(`^${name}: *(.*)$`, 'im').exec(unfolded)?.[1]
}

export const headers = (message: string, name: string) =>
  message.split('\n\n', 1)[0].match(new RegExp(`^${name}:`, 'gim'))?.length ?? 0

/** Waits until spam is really looked at. */
export async function scanned(server: TestServer, to: string, from = 'x@elsewhere.example.com') {
  let count = 0
  await until(
    async () => {
      const subject = `warm ${++count}`
      const envelope = { port: 25, from, to } as const
      if (!/^250 /.test(await handIn(server.address, envelope, letter({ from, subject }))))
        return ''
      return header(await arrived(server, to, subject), 'X-Spam-Status') ?? ''
    },
    (status) => /^(Yes|No)/.test(status)
  )
}
