import { hashPassword } from '#models/account/password'
import { p50, sampled } from '#tests/load/statistics'

/** One password's hash, which no way of adding a mailbox is spared. */
export async function passwordHashMs(): Promise<number> {
  return p50(await sampled(10, () => hashPassword('a password that nobody has')))
}
