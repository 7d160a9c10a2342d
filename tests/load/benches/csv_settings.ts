import { BenchFailure, type Bench } from '#tests/load/bench'
import { ImapClient } from '#tests/load/clients/imap_client'
import { SmtpClient } from '#tests/load/clients/smtp_client'
import { figuresOf, medians } from '#tests/load/figures'
import type { Stage } from '#tests/load/stage'
import { pipeNoopMs } from '#tests/load/floors/pipe_noop'
import {
  additionsOf,
  applyIdOf,
  bulk,
  imported,
  newUsers,
  type BulkUser,
} from '#tests/load/stage/bulk_users'
import { localPart } from '#tests/load/stage/contents'
import type { FilledServer } from '#tests/load/stage/filled_server'
import { until } from '#tests/load/stage/patience'
import { p50, rounded } from '#tests/load/statistics'
import { csv } from '#tests/support/csv_files'

const times = 5
/** How many mailboxes of the domain the new users forward to. */
const friends = 50
const sender = 'somebody@elsewhere.example.com'

/**
 * Forwarding and spam settings of 1,000 users by two files, in the second of which no user is as another: both confirmed → both
 * are on the server. The last user's next message must then go the new way; its own way through queues and scan is no part of it.
 */
const csvSettings: Bench = {
  async run(stage: Stage) {
    const filled = await stage.filled()
    const pipe = await stage.floor('pipe', () => pipeNoopMs(filled.server))
    const domainId = filled.domainIds[7]
    const users = newUsers()
    stage.say(`adding ${bulk} users to change`)
    await imported(filled, domainId, 'additions', additionsOf(users))
    stage.say(`changing forwarding and spam settings of ${bulk} users, ${times} times`)
    const samples = []
    for (let round = 0; round < times; round++) {
      samples.push(await changed(filled, domainId, users, round))
    }
    return figuresOf(
      'csv-settings',
      samples.map(({ ms }) => ms),
      pipe,
      {
        forwards_p50_ms: rounded(p50(samples.map(({ forwards }) => forwards.appliedMs))),
        spam_p50_ms: rounded(p50(samples.map(({ spam }) => spam.appliedMs))),
        checked_p50_ms: rounded(p50(samples.map(({ forwards }) => forwards.checkedMs))),
        ...medians(samples.map(({ run }) => run)),
      }
    )
  },
}

export default csvSettings

async function changed(
  filled: FilledServer,
  domainId: number,
  users: readonly BulkUser[],
  round: number
) {
  const friendOf = (index: number) =>
    `${localPart((index + round) % friends)}@${filled.nameOf(domainId)}`
  const level = round % 2 === 0 ? '厳しい' : '緩やか'
  const forwards = await imported(
    filled,
    domainId,
    'forwards',
    csv('forwards', ...users.map((each, index) => [each.localPart, '残さない', friendOf(index)]))
  )
  const spam = await imported(
    filled,
    domainId,
    'spam_checks',
    csv(
      'spam_checks',
      ...users.map((each) => [
        each.localPart,
        'ON',
        level,
        '隔離',
        `${each.localPart}${round}.example.com`,
      ])
    )
  )
  const last = users.at(-1)!
  const friend = friendOf(bulk - 1)
  await refuseUnlessForwarded(filled, `${last.localPart}@${filled.nameOf(domainId)}`, friend)
  const run = filled.server.runFigures(applyIdOf(filled, spam.importId))
  return { ms: forwards.appliedMs + spam.appliedMs, forwards, spam, run }
}

async function refuseUnlessForwarded({ server }: FilledServer, user: string, friend: string) {
  const reader = await ImapClient.connect(server.address)
  if (!(await reader.login(friend, server.installation.person.password))) {
    throw new BenchFailure(`${friend}: no login`)
  }
  const before = await reader.count('INBOX')
  const smtp = await SmtpClient.connect(server.address)
  await smtp.send(sender, user, messageTo(user))
  const patience = { what: 'a forwarded message', withinMs: 30_000, everyMs: 20 }
  await until(patience, async () => ((await reader.count('INBOX')) > before ? true : null))
  smtp.close()
  reader.close()
}

/** As a mail program writes it: what has no date and no id looks like spam, and the level is set to strict. */
function messageTo(user: string) {
  return [
    `From: <${sender}>`,
    `To: <${user}>`,
    'Subject: bench',
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${Date.now()}@elsewhere.example.com>`,
    '',
    'forwarded',
    '',
  ].join('\n')
}
