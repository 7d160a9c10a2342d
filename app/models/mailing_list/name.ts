import { checkLocalPart, localPartProblems } from '#models/mailbox/local_part'

/** Why a name cannot be a mailing list's (MAIL-06). Each has a message that says what to do. */
export const listNameProblems = [...localPartProblems, 'plus', 'too_long_for_list'] as const

export type ListNameProblem = (typeof listNameProblems)[number]

export type ListNameCheck = { readonly localPart: string } | { readonly problem: ListNameProblem }

/** Room for what is put behind it in the senders of posts, which have bounds too (RFC 5321, 4.5.3.1). */
export const longestListName = 40

/** Addresses that belong to a list besides its own; nobody else may have them (MAIL-01). */
export const controlNames = ['ctl', 'request', 'admin', 'owner', 'owner-ctl'] as const

const control = /^(.+?)-(?:owner-ctl|ctl(?:\+.*)?|request|admin|owner)$/s

/** Reads a list's name as somebody types it. Whether it is taken is asked elsewhere. */
export function checkListName(input: string): ListNameCheck {
  const found = checkLocalPart(input)
  if ('problem' in found) return found
  if (found.localPart.includes('+')) return { problem: 'plus' }
  if (found.localPart.length > longestListName) return { problem: 'too_long_for_list' }
  return found
}

/** The list that an address belongs to if there is one: `news` of `news`, `news-ctl` and `news-ctl+help`. */
export function listNamesOf(localPart: string): string[] {
  const base = control.exec(localPart)?.[1]
  return base === undefined ? [localPart] : [localPart, base]
}
