import { integerOf, listOf, oneOf, recordOf, textOf } from '#convergence/agent/shapes'
import type Domain from '#models/domain'
import type Server from '#models/server'
import { inquire, type Answer } from '#monitoring/questions'

/** MAIL-11: an account that sent more than its domain's limit, and may not send until then. */
export interface SendingLock {
  readonly kind: 'hour' | 'day'
  readonly since: Date
  readonly until: Date
}

interface Mailbox {
  readonly id: number
  readonly localPart: string
  /** Locks that are older count no more; text is of UTC. */
  readonly sendingUnlockedAt: Date | string | null
}

/** By id of the mailbox: only those that are locked. */
export function sendingLocks(
  server: Server,
  domain: Domain,
  mailboxes: readonly Mailbox[]
): Promise<Answer<ReadonlyMap<number, SendingLock>>> {
  const accounts = mailboxes.map(({ id, localPart, sendingUnlockedAt }): [string, Account] => [
    `${localPart}@${domain.name}`,
    { key: id, unlockedAt: sendingUnlockedAt },
  ])
  return locksOf(server, domain, new Map(accounts))
}

/** What all programs of a domain send is one account's; null: it is not stopped. */
export async function programsLock(
  server: Server,
  domain: Domain
): Promise<Answer<SendingLock | null>> {
  const account = { key: 0, unlockedAt: domain.programsUnlockedAt?.toJSDate() ?? null }
  const name = `${domain.unixName}@${server.hostname}`
  const { value, problem } = await locksOf(server, domain, new Map([[name, account]]))
  return problem ? { problem } : { value: value.get(0) ?? null }
}

/** One who sends, under the name by which the server counts him. */
interface Account {
  readonly key: number
  readonly unlockedAt: Date | string | null
}

function locksOf(
  server: Server,
  domain: Domain,
  accounts: ReadonlyMap<string, Account>
): Promise<Answer<ReadonlyMap<number, SendingLock>>> {
  if (accounts.size === 0) return Promise.resolve({ value: new Map() })
  const given = { domain: domain.name, users: [...accounts.keys()] }
  return inquire(server, 'sending_locks', given, (answer) => {
    const locks = listOf(answer, accounts.size, lockOf)
    const valid = locks.flatMap(({ user, ...lock }): [number, SendingLock][] => {
      const account = accounts.get(user)
      const unlocked = momentOf(account?.unlockedAt ?? null)
      return account && lock.since.getTime() > unlocked ? [[account.key, lock]] : []
    })
    return new Map(valid)
  })
}

function lockOf(value: unknown) {
  const { user, kind, since, until } = recordOf(value)
  return {
    user: textOf(user, 320),
    kind: oneOf(kind, ['hour', 'day']),
    since: moment(since),
    until: moment(until),
  }
}

function momentOf(value: Date | string | null): number {
  if (value === null) return 0
  return typeof value === 'string' ? Date.parse(`${value.replace(' ', 'T')}Z`) : value.getTime()
}

const moment = (seconds: unknown) => new Date(integerOf(seconds, 2 ** 40) * 1000)
