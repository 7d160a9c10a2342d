import { availableParallelism } from 'node:os'
import app from '@adonisjs/core/services/app'
import logger from '@adonisjs/core/services/logger'
import { hashPassword, hashSshPassword } from '#models/account/password'

/** Of the four threads that hash, one at least is left for people who sign in. */
const atOnce = Math.min(3, availableParallelism())
const tellEveryMs = 400

/** In clear. */
export interface NewPassword {
  readonly plain: string
  readonly hash: (plain: string) => Promise<string>
}

/** sshd verifies the domain admin's, too. */
export function passwordOf(localPart: string, plain: string): NewPassword {
  return { plain, hash: localPart === 'admin' ? hashSshPassword : hashPassword }
}

export interface HashingJob {
  readonly importId: number
  /** By row. In clear: each is forgotten as soon as it is hashed. */
  readonly passwords: ReadonlyMap<number, NewPassword>
  /** A sign of life; false: nobody needs them any more. */
  tell(hashed: number): Promise<boolean>
  done(hashes: Readonly<Record<number, string>>): Promise<void>
}

const running = new Map<number, Promise<void>>()
let stopping = false
app.terminating(() => {
  stopping = true
})

/**
 * Hashes the passwords of a file while its preview is read. Clear text is in the memory of this
 * process only: when the process ends, they have to be uploaded once more.
 */
export function hashInBackground(job: HashingJob) {
  const work = hashAll(job)
    .catch((error: unknown) => {
      logger.error({ err: error, import: job.importId }, 'passwords of an import not hashed')
    })
    .finally(() => running.delete(job.importId))
  running.set(job.importId, work)
}

/** For tests. */
export async function hashingIsOver() {
  while (running.size > 0) await Promise.all(running.values())
}

async function hashAll({ passwords, tell, done }: HashingJob) {
  const waiting = [...passwords]
  const hashes: Record<number, string> = {}
  let isWanted = true
  let told = Date.now()
  let telling: Promise<void> | undefined
  const tellNow = async () => {
    told = Date.now()
    isWanted = await tell(Object.keys(hashes).length)
  }
  const hand = async () => {
    for (let next = waiting.pop(); next && isWanted && !stopping; next = waiting.pop()) {
      const [row, { plain, hash }] = next
      hashes[row] = await turn(() => hash(plain))
      if (!telling && Date.now() - told > tellEveryMs) {
        telling = tellNow().finally(() => (telling = undefined))
        await telling
      }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, hand))
  await telling
  waiting.length = 0
  if (isWanted && !stopping) await done(hashes)
}

/** Files that are hashed at the same time share the threads, one password after the other. */
let busy = 0
const queue: (() => void)[] = []

async function turn<Result>(work: () => Promise<Result>): Promise<Result> {
  if (busy >= atOnce) await new Promise<void>((resolve) => queue.push(resolve))
  else busy++
  try {
    return await work()
  } finally {
    const next = queue.shift()
    if (next) next()
    else busy--
  }
}
