import { BenchFailure, type Bench } from '#tests/load/bench'
import { ImapClient } from '#tests/load/clients/imap_client'
import { SmtpClient } from '#tests/load/clients/smtp_client'
import { figuresOf, medians, type Further } from '#tests/load/figures'
import { passwordHashMs } from '#tests/load/floors/password_hash'
import { pipeNoopMs } from '#tests/load/floors/pipe_noop'
import type { Stage } from '#tests/load/stage'
import { localPart } from '#tests/load/stage/contents'
import type { FilledServer } from '#tests/load/stage/filled_server'
import { until } from '#tests/load/stage/patience'
import { p50, rounded } from '#tests/load/statistics'

const rounds = 12
const unwanted = 'newsletter@elsewhere.example.com'
const sender = 'somebody@elsewhere.example.com'
/** https://spamassassin.apache.org/gtube/ */
const gtube = 'XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X'
const newPassword = 'new horse 7 battery'

interface Sample {
  readonly kind: string
  /** From the form sent until the setting counts. */
  readonly ms: number
  /** How long the next message took to its folder, where one shows that the setting counts. */
  readonly deliveryMs?: number
  readonly run: Further
}

/**
 * One user's setting saved by his form → it counts. Forward and spam level count when the server has them: the next
 * message is then sent and must go the new way (its scan and its way through queues are not the setting's and are
 * told apart). The reject list and the whitelist count when port 25 answers RCPT in the new way, a password when IMAP
 * lets it in. Nothing may be reloaded meanwhile.
 */
const mailSetting: Bench = {
  async run(stage: Stage) {
    const filled = await stage.filled()
    const pipe = await stage.floor('pipe', () => pipeNoopMs(filled.server))
    const hash = await stage.floor('hash', passwordHashMs)
    stage.say(`changing five settings of a user, ${rounds} times`)
    const samples: Sample[] = []
    for (let round = 0; round < rounds; round++) samples.push(...(await changed(filled, round)))
    const further = { ...byKind(samples), hash_ms: rounded(hash) }
    const { reloads: compilations, ...run } = medians(samples.map((sample) => sample.run))
    return figuresOf(
      'mail-setting',
      samples.map(({ ms }) => ms),
      pipe,
      {
        ...further,
        ...run,
        compilations,
        reloads: reloadsOf(filled),
      }
    )
  },
}

export default mailSetting

function byKind(samples: readonly Sample[]): Further {
  const kinds = [...Map.groupBy(samples, ({ kind }) => kind)]
  return Object.fromEntries(
    kinds.flatMap(([kind, all]) => {
      const deliveries = all.flatMap(({ deliveryMs }) => deliveryMs ?? [])
      return [
        [`${kind}_p50_ms`, rounded(p50(all.map(({ ms }) => ms)))],
        ...(deliveries.length === 0 ? [] : [[`${kind}_delivery_p50_ms`, rounded(p50(deliveries))]]),
      ]
    })
  )
}

/** One user of a domain, another who gets what he forwards, and a mail server elsewhere. */
interface Cast {
  readonly filled: FilledServer
  readonly id: number
  readonly user: string
  readonly friend: string
  readonly smtp: SmtpClient
}

async function changed(filled: FilledServer, round: number): Promise<Sample[]> {
  const samples = []
  for (const setting of [forward, spam, reject, allow, password]) {
    const smtp = await SmtpClient.connect(filled.server.address)
    samples.push(await setting({ ...castOf(filled, round), smtp }))
    smtp.close()
  }
  return samples
}

function castOf(filled: FilledServer, round: number): Omit<Cast, 'smtp'> {
  const { server, domainIds } = filled
  const domainId = domainIds[(round * 31) % domainIds.length]
  const [local, friendly] = [localPart(1 + round), localPart(2 + round)]
  const sql = 'select id from mailboxes where domain_id = ? and local_part = ?'
  const { id } = server.installation.db.one<{ id: number }>(sql, domainId, local)
  const [user, friend] = [local, friendly].map((name) => `${name}@${filled.nameOf(domainId)}`)
  return { filled, id, user, friend }
}

type Fields = Readonly<Record<string, string>>

/** Saves a form and waits until the server has what it says; `counts` is then asked before the clock stops. */
async function timed(
  { filled, id }: Cast,
  kind: string,
  [path, fields]: readonly [string, Fields],
  counts: () => Promise<unknown> = async () => {}
): Promise<Sample> {
  const start = performance.now()
  const { applyId } = await filled.customer.change(`/mailboxes/${id}${path}?_method=PUT`, fields)
  const { state, message } = await filled.customer.applied(applyId)
  if (state !== 'done') throw new BenchFailure(`${kind}: ${state} ${message}`)
  await counts()
  return { kind, ms: performance.now() - start, run: filled.server.runFigures(applyId) }
}

/** Sends a message and waits until the reader's folder has one more than before. */
async function delivery(cast: Cast, login: string, folder: string, text: string) {
  const { server } = cast.filled
  const reader = await ImapClient.connect(server.address)
  if (!(await reader.login(login, server.installation.person.password)))
    throw new BenchFailure(`${login}: no login`)
  const before = await reader.count(folder)
  const start = performance.now()
  const head = `From: <${sender}>\nTo: <${cast.user}>\nSubject: bench`
  await cast.smtp.send(sender, cast.user, `${head}\n\n${text}\n`)
  const patience = { what: `a message in ${folder}`, withinMs: 30_000, everyMs: 10 }
  await until(patience, async () => ((await reader.count(folder)) > before ? true : null))
  reader.close()
  return performance.now() - start
}

async function forward(cast: Cast): Promise<Sample> {
  const form = (to: string) => ['/forwards', { forwards: to, forward_keeps: 'off' }] as const
  const sample = await timed(cast, 'forward', form(cast.friend))
  const deliveryMs = await delivery(cast, cast.friend, 'INBOX', 'forwarded')
  await timed(cast, 'back', form(''))
  return { ...sample, deliveryMs }
}

async function spam(cast: Cast): Promise<Sample> {
  const form = (level: string, action: string) =>
    ['/spam_check', { spam_check: 'on', spam_level: level, spam_action: action }] as const
  const sample = await timed(cast, 'spam', form('strict', 'quarantine'))
  const deliveryMs = await delivery(cast, cast.user, 'JunkMail', gtube)
  await timed(cast, 'back', form('normal', 'tag'))
  return { ...sample, deliveryMs }
}

function reject(cast: Cast): Promise<Sample> {
  return timed(cast, 'reject', ['/rejected_senders', { senders: unwanted }], () =>
    told(cast, '550')
  )
}

/** Beats the reject list, which has him since the bench before. */
async function allow(cast: Cast): Promise<Sample> {
  const form = ['/allowed_senders', { senders: unwanted }] as const
  const sample = await timed(cast, 'allow', form, () => told(cast, '250'))
  for (const list of ['/rejected_senders', '/allowed_senders'])
    await timed(cast, 'back', [list, { senders: '' }])
  return sample
}

async function told({ smtp, user }: Cast, code: string) {
  const answer = await smtp.asked(unwanted, user)
  if (!answer.startsWith(code)) throw new BenchFailure(`${answer} instead of ${code}`)
}

async function password(cast: Cast): Promise<Sample> {
  const { filled, id, user } = cast
  const { server } = filled
  const { db, person } = server.installation
  const sql = 'select quota_mb from mailboxes where id = ?'
  const quota = String(db.one<{ quota_mb: number }>(sql, id).quota_mb)
  const form = (word: string) => ['', { password: word, quota_mb: quota }] as const
  const imap = await ImapClient.connect(server.address)
  const sample = await timed(cast, 'password', form(newPassword), async () => {
    if (!(await imap.login(user, newPassword))) throw new BenchFailure(`${user}: the old password`)
  })
  imap.close()
  await timed(cast, 'back', form(person.password))
  return sample
}

/** What was started, stopped or reloaded on the machine by changes of users: nothing. */
function reloadsOf({ server }: FilledServer): number {
  const sql = `select count(*) as count from run_steps join runs on runs.id = run_steps.run_id
    where runs.server_id = ? and runs.reason like '%.update %' and run_steps.name like 'systemctl%'`
  return server.installation.db.one<{ count: number }>(sql, server.id).count
}
