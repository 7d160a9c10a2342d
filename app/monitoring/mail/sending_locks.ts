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
  const known = new Map(mailboxes.map((each) => [`${each.localPart}@${domain.name}`, each]))
  if (known.size === 0) return Promise.resolve({ value: new Map() })
  return inquire(
    server,
    'sending_locks',
    { domain: domain.name, users: [...known.keys()] },
    (answer) => {
      const locks = listOf(answer, known.size, lockOf)
      const valid = locks.flatMap(({ user, ...lock }): [number, SendingLock][] => {
        const mailbox = known.get(user)
        const unlocked = momentOf(mailbox?.sendingUnlockedAt ?? null)
        return mailbox && lock.since.getTime() > unlocked ? [[mailbox.id, lock]] : []
      })
      return new Map(valid)
    }
  )
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
