import { setTimeout as wait } from 'node:timers/promises'

interface DatabaseError {
  readonly code?: string
  readonly errno?: number
}

const duplicateCodes = ['ER_DUP_ENTRY', 'SQLITE_CONSTRAINT_UNIQUE']
const contentionCodes = ['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT', 'ER_CHECKREAD']

export function isDuplicate(error: unknown) {
  return duplicateCodes.includes((error as DatabaseError).code ?? '')
}

/** The database put this statement back in favour of another; it may simply be tried again. */
export function isContention(error: unknown) {
  const code = (error as DatabaseError).code ?? ''
  return contentionCodes.includes(code) || code.startsWith('SQLITE_BUSY')
}

/** Only for whole transactions and single statements: a deadlock undoes everything since BEGIN. */
export async function retried<T>(attempt: () => Promise<T>, times = 8): Promise<T> {
  for (let left = times; ; left--) {
    try {
      return await attempt()
    } catch (error) {
      if (left <= 1 || !isContention(error)) throw error
      await wait(Math.random() * 10 * (times - left + 1))
    }
  }
}
