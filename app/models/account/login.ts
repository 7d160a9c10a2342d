import { domainToASCII } from 'node:url'

/** As logins are stored: lower case, Japanese domain names in A-label form. */
export function normalizeLogin(typed: string) {
  const login = typed.trim().normalize('NFKC').toLowerCase()
  const at = login.lastIndexOf('@')
  if (at === -1) return login
  const domain = login.slice(at + 1)
  return `${login.slice(0, at)}@${domainToASCII(domain) || domain}`
}
