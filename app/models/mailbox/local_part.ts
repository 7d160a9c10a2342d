/** Why a local part cannot be a user's ID (MAIL-01). Each has a message that says what to do. */
export const localPartProblems = [
  'empty',
  'full_width',
  'whole_address',
  'characters',
  'dots',
  'first_character',
  'too_long',
  'reserved',
  'list_control',
  'admin',
] as const

export type LocalPartProblem = (typeof localPartProblems)[number]

export type LocalPartCheck = { readonly localPart: string } | { readonly problem: LocalPartProblem }

/** Mail to these goes to `admin` (MAIL-01). */
const aliasesOfAdmin = ['postmaster', 'webmaster']
/** What others take for the voice of a server: no user's. A domain's `abuse` and `hostmaster` are people (RFC 2142). */
const reserved = new Set([...aliasesOfAdmin, 'mailer-daemon', 'root'])

/** Whether mail to it reaches the domain's `admin`, whoever has typed it. */
export function isAliasOfAdmin(localPart: string) {
  return aliasesOfAdmin.includes(localPart)
}

/** With what follows `-ctl+`: answers and bounces of lists come to such addresses. */
const listControl = /-(ctl|request|admin|owner|owner-ctl)$|-ctl\+/

const problems: readonly (readonly [LocalPartProblem, (typed: string) => boolean])[] = [
  ['empty', (typed) => typed === ''],
  ['full_width', (typed) => /[\uFF01-\uFF5E\u3000]/.test(typed)],
  ['whole_address', (typed) => typed.includes('@')],
  ['characters', (typed) => /[^a-z0-9._+-]/.test(typed)],
  ['dots', (typed) => typed.endsWith('.') || typed.includes('..')],
  ['first_character', (typed) => !/^[a-z0-9]/.test(typed)],
  ['too_long', (typed) => typed.length > 64],
  ['admin', (typed) => typed === 'admin'],
  ['reserved', (typed) => reserved.has(typed)],
  ['list_control', (typed) => listControl.test(typed)],
]

/** Reads a user's ID as somebody types it. Whether it is taken is asked elsewhere. */
export function checkLocalPart(input: string): LocalPartCheck {
  const typed = input.trim().toLowerCase()
  const problem = problems.find(([, holds]) => holds(typed))?.[0]
  return problem ? { problem } : { localPart: typed }
}
