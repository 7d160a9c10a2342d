import { createHash } from 'node:crypto'
import limiter from '@adonisjs/limiter/services/main'
import type { HttpContext } from '@adonisjs/core/http'
import { invitationTries } from '#config/contracts'
import type { Area } from '#middleware/session_stamp'

/**
 * Failures from one address for one name, from one address for any name, and for one name from
 * anywhere. One bucket alone is either a nuisance to an office behind one address, or no hindrance
 * to a botnet, or a way to lock somebody out.
 */
const limits = {
  nameAndIp: { requests: 5, duration: '15 mins', blockDuration: '15 mins' },
  ip: { requests: 50, duration: '15 mins', blockDuration: '15 mins' },
  name: { requests: 30, duration: '1 hour', blockDuration: '15 mins' },
} as const

/**
 * Counts before it tries, so that many tries at the same moment are many, and takes it back after a
 * success. Throws E_TOO_MANY_REQUESTS.
 */
export function limitSignIn<Person>(
  { request }: HttpContext,
  area: Area,
  login: string,
  attempt: () => Promise<Person | null>
): Promise<Person | null> {
  return limit(bucketsOf(`${area}:sign_in`, login, request.ip()), attempt)
}

/**
 * The present password, asked again of who is signed in: somebody at a screen that was left open may
 * not guess more often than at the door. Counted apart, so that nobody is kept out of the door by it.
 */
export function limitPasswordCheck(
  { request }: HttpContext,
  login: string,
  matches: () => Promise<boolean>
) {
  const buckets = bucketsOf('customer:password', login, request.ip())
  return limit(buckets, async () => (await matches()) || null)
}

/** OPS-07: links that don't exist; guessing one is hopeless, but asking the database costs something. */
export function limitInvitations<Result>(
  { request }: HttpContext,
  find: () => Promise<Result | null>
): Promise<Result | null> {
  const bucket = limiter.use({ ...limits.ip, requests: invitationTries })
  return limit([{ bucket, key: `invitation:${request.ip()}` }], find)
}

async function limit<Result>(
  buckets: ReturnType<typeof bucketsOf>,
  attempt: () => Promise<Result | null>
): Promise<Result | null> {
  for (const { bucket, key } of buckets) await bucket.consume(key)
  const result = await attempt()
  if (!result) return null

  const [nameAndIp, ...others] = buckets
  await nameAndIp.bucket.delete(nameAndIp.key)
  for (const { bucket, key } of others) await bucket.decrement(key)
  return result
}

function bucketsOf(purpose: string, login: string, ip: string) {
  // Keys are columns of 255 characters; logins may be longer and hold anything
  const name = createHash('sha256').update(login).digest('base64url')
  return [
    { bucket: limiter.use(limits.nameAndIp), key: `${purpose}:${name}:${ip}` },
    { bucket: limiter.use(limits.ip), key: `${purpose}_ip:${ip}` },
    { bucket: limiter.use(limits.name), key: `${purpose}_name:${name}` },
  ]
}
