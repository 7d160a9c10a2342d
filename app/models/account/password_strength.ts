import { longestPasswordBytes } from '#models/account/password'

export const shortestPassword = 10

/** Each has a message that says what to do. */
export const passwordProblems = [
  'too_short',
  'too_long',
  'characters',
  'common',
  'like_login',
  'repeated',
] as const

export type PasswordProblem = (typeof passwordProblems)[number]

/** The beginnings of what attackers try first; digits and signs behind them change nothing. */
const common = new Set(
  `password passwort passw0rd p@ssword p@ssw0rd qwerty qwertyui qwertyuiop asdfgh asdfghjkl zxcvbn
  1q2w3e4r 1qaz2wsx qazwsxedc letmein welcome admin administrator postmaster webmaster master
  iloveyou sunshine princess dragon monkey football baseball changeme default secret guest
  tsukasa server hosting sakura nihon japan tokyo arigatou konnichiwa doraemon pikachu abcdef
  abcdefg abcdefgh abcdefghij test testtest hello login root toor`.split(/\s+/)
)

/** Stands in a file that everybody can download. */
export const examplePassword = 'k4-Hirosaki-Ringo'

/** MAIL, SSH and FTP clients must be able to send it: printable ASCII, no space at the ends. */
export function problemOfPassword(
  password: string,
  hints: readonly string[]
): PasswordProblem | undefined {
  if (password.length < shortestPassword) return 'too_short'
  if (!/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(password)) return 'characters'
  if (Buffer.byteLength(password) > longestPasswordBytes) return 'too_long'
  if (new Set(password).size < 4) return 'repeated'
  const plain = password.toLowerCase()
  if (isCommon(plain)) return 'common'
  if (hints.some((hint) => isLike(plain, hint.toLowerCase()))) return 'like_login'
}

function isCommon(plain: string) {
  const core = plain.replace(/^[^a-z]+|[^a-z]+$/g, '')
  const isRun = '01234567890123456789'.includes(plain) || '98765432109876543210'.includes(plain)
  const isExample = plain === examplePassword.toLowerCase()
  return isRun || isExample || common.has(plain) || (core !== '' && common.has(core))
}

function isLike(plain: string, login: string) {
  const [name] = login.split(/[@.]/)
  const isName = name.length >= 4 && plain.replace(/[^a-z]/g, '') === name.replace(/[^a-z]/g, '')
  return plain === login || plain.includes(login) || isName
}
