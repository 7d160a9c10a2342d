import bcrypt from 'bcrypt'

/**
 * bcrypt in crypt(5) form, `$2b$10$…`: the one hash that the panel, Dovecot, sshd and ProFTPD all
 * verify. bcrypt reads only the first 72 bytes, so longer passwords are refused at the form.
 */
export const longestPasswordBytes = 72
const cost = process.env.NODE_ENV === 'test' ? 4 : 10

export function hashPassword(plain: string): Promise<string> {
  return bcrypt.hash(plain, cost)
}

export function matchesPassword(plain: string, hash: string): Promise<boolean> {
  return bcrypt.compare(plain, hash)
}

/** What no password matches; verified for unknown logins so that they take as long as known ones. */
let nobody: string | undefined

export async function wasteTime(plain: string): Promise<null> {
  nobody ??= await hashPassword('nobody has this password')
  await matchesPassword(plain, nobody)
  return null
}
