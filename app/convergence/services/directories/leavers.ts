import type { Change, Command } from '#convergence/service'

const firstUid = 20000

/**
 * MAIL-01: whoever is deleted is out of all that he has open (mail, FTP, his script). His home goes after this, and
 * what still ran would put something into it again.
 */
export function endLeavers(changes: readonly Change[]): Command[] {
  const uids = changes.flatMap(leaverOf)
  if (uids.length === 0) return []
  return [{ argv: ['sh', '-c', 'pkill -KILL -U "$1"; exit 0', 'sh', uids.join(',')] }]
}

/** A uid is never given again, so nobody else is meant. */
function leaverOf({ action, resource }: Change): number[] {
  if (action !== 'remove' || resource.kind !== 'directory' || !resource.tree) return []
  const uid = Number(resource.owner)
  return Number.isInteger(uid) && uid >= firstUid ? [uid] : []
}
