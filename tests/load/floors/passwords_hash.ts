import { hashPassword } from '#models/account/password'

/** So many passwords' hashes on all processors at once, which no way of adding as many users is spared. */
export async function passwordsHashMs(count: number): Promise<number> {
  const start = performance.now()
  const passwords = Array.from({ length: count }, (_, index) => `a password that ${index} has`)
  await Promise.all(passwords.map((each) => hashPassword(each)))
  return performance.now() - start
}
