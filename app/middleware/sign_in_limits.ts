import { createHash } from 'node:crypto'
import limiter from '@adonisjs/limiter/services/main'
import type { HttpContext } from '@adonisjs/core/http'
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
export async function limitSignIn<Person>(
  { request }: HttpContext,
  area: Area,
  login: string,
  attempt: () => Promise<Person | null>
): Promise<Person | null> {
  const buckets = bucketsOf(area, login, request.ip())
  for (const { bucket, key } of buckets) await bucket.consume(key)
  const person = await attempt()
  if (!person) return null

  const [nameAndIp, ...others] = buckets
  await nameAndIp.bucket.delete(nameAndIp.key)
  for (const { bucket, key } of others) await bucket.decrement(key)
  return person
}

function bucketsOf(area: Area, login: string, ip: string) {
  // Keys are columns of 255 characters; logins may be longer and hold anything
  const name = createHash('sha256').update(login).digest('base64url')
  return [
    { bucket: limiter.use(limits.nameAndIp), key: `${area}:sign_in:${name}:${ip}` },
    { bucket: limiter.use(limits.ip), key: `${area}:sign_in_ip:${ip}` },
    { bucket: limiter.use(limits.name), key: `${area}:sign_in_name:${name}` },
  ]
}
