import { setTimeout as wait } from 'node:timers/promises'
import { BenchFailure, type Bench } from '#tests/load/bench'
import { ImapClient } from '#tests/load/clients/imap_client'
import { figuresOf, medians, type Further } from '#tests/load/figures'
import { passwordHashMs } from '#tests/load/floors/password_hash'
import { pipeNoopMs } from '#tests/load/floors/pipe_noop'
import type { Stage } from '#tests/load/stage'
import type { FilledServer } from '#tests/load/stage/filled_server'
import { p50, rounded } from '#tests/load/statistics'

const times = 40
const attempts = 5

interface Sample {
  readonly formMs: number
  readonly appliedMs: number
  readonly loginMs: number
  readonly refused: number
  readonly run: Further
}

/**
 * Form posted → the new user is signed in to IMAP. The mail client connects as soon as the form was
 * answered and signs in as soon as the panel's page says that the server has the change: a login
 * tried before that is answered late on purpose by Dovecot, and would measure only that.
 */
const mailbox: Bench = {
  async run(stage: Stage) {
    const filled = await stage.filled()
    const hash = await stage.floor('hash', passwordHashMs)
    const pipe = await stage.floor('pipe', () => pipeNoopMs(filled.server))
    stage.say(`adding a mailbox, ${times} times`)
    const samples: Sample[] = []
    for (let index = 0; index < times; index++) samples.push(await add(filled, index))
    const logins = samples.map(({ loginMs }) => loginMs)
    return figuresOf('mailbox', logins, hash + pipe, {
      form_p50_ms: rounded(p50(samples.map(({ formMs }) => formMs))),
      applied_p50_ms: rounded(p50(samples.map(({ appliedMs }) => appliedMs))),
      hash_ms: rounded(hash),
      pipe_ms: rounded(pipe),
      ...medians(samples.map(({ run }) => run)),
      refused: samples.reduce((sum, { refused }) => sum + refused, 0),
    })
  },
}

export default mailbox

async function add(filled: FilledServer, index: number): Promise<Sample> {
  const { server, customer, domainIds } = filled
  const domainId = domainIds[(index * 37) % domainIds.length]
  const local = `fresh${index}-${Date.now().toString(36)}`
  const { password } = server.installation.person
  const start = performance.now()
  const form = await customer.change(`/domains/${domainId}/mailboxes`, {
    local_part: local,
    password,
  })
  const [imap, applied] = await Promise.all([
    ImapClient.connect(server.address),
    customer.applied(form.applyId).then((state) => ({ ...state, ms: performance.now() - start })),
  ])
  if (applied.state !== 'done') throw new BenchFailure(`apply: ${applied.state} ${applied.message}`)
  const user = `${local}@${filled.nameOf(domainId)}`
  const refused = await refusals(imap, user, password)
  const loginMs = performance.now() - start
  imap.close()
  await wait(100)
  const run = filled.server.runFigures(form.applyId)
  return { formMs: form.ms, appliedMs: applied.ms, loginMs, refused, run }
}

/** How often the server said no before it said yes. */
async function refusals(imap: ImapClient, user: string, password: string): Promise<number> {
  for (let refused = 0; refused < attempts; refused++) {
    if (await imap.login(user, password)) return refused
  }
  throw new BenchFailure(`${user} cannot sign in to mail`)
}
