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

/** Ids are never used again, so neither is the name of a script. */
export const ownScript = (directory: AbsolutePath, { id }: Pick<DesiredMailbox, 'id'>) =>
  toAbsolutePath(`${directory}/u${id}.sieve`)
