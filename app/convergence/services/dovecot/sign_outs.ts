import type { Change, Command } from '#convergence/service'

const home = /^\/data\/domain\/([^/]+)\/home\/([^/]+)$/
const root = /^\/data\/domain\/([^/]+)$/

/**
 * Who has something open in what is about to go is signed out first: the homes of deleted mailboxes,
 * the volumes of deleted domains. For the service that these belong to.
 */
export function signOuts(changes: readonly Change[]): Command[] {
  return changes
    .filter(({ action }) => action === 'remove')
    .flatMap(({ resource }) => ('path' in resource ? masksOf(resource.kind, resource.path) : []))
    .map(signOut)
}

function masksOf(kind: Change['resource']['kind'], path: string): string[] {
  const [, domain, mailbox] = (kind === 'directory' && home.exec(path)) || []
  if (domain) return [`${mailbox}@${domain}`]
  const [, gone] = (kind === 'volume' && root.exec(path)) || []
  return gone ? [`*@${gone}`] : []
}

/** Closes the connections of every user that the mask fits; 0 where there is none. */
export const signOut = (mask: string): Command => ({ argv: ['doveadm', 'kick', mask] })
