import { createHash } from 'node:crypto'
import type { DesiredMailbox, DomainHead } from '#convergence/desired_server'
import { type AbsolutePath, toAbsolutePath } from '#convergence/syntax/names'

/**
 * Scripts and what sievec makes of them. Root writes, mail processes read (by their group): a script says where
 * somebody's mail goes, which neither a site of the domain nor another user of it may see or change.
 */
export const sieveDirectory = toAbsolutePath('/var/lib/tsukasa/sieve')

export const domainDirectory = ({ unixName }: Pick<DomainHead, 'unixName'>) =>
  toAbsolutePath(`${sieveDirectory}/${unixName}`)

/** One script for all users that have the same wish about spam and no other. */
export const sharedScript = (directory: AbsolutePath, spam: DesiredMailbox['spam']) =>
  toAbsolutePath(`${directory}/spam-${spam ? `${spam.score}-${spam.action}` : 'off'}.sieve`)

/**
 * Named by what it says: all users of a domain who wish the same have one script, which is compiled once. In a directory of a
 * sixteenth of them, because one run of sievec over a directory takes the square of how many are in it (1,000: 4 s, 60: 40 ms).
 */
export function namedScript(directory: AbsolutePath, text: string): AbsolutePath {
  const digest = createHash('sha256').update(text).digest('hex')
  return toAbsolutePath(`${directory}/${digest[0]}/${digest.slice(0, 32)}.sieve`)
}

export const directoryOf = (path: AbsolutePath) => toAbsolutePath(path.replace(/\/[^/]+$/, ''))
