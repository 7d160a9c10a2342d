import type { DesiredDomain, DesiredMailbox, SpamAction } from '#convergence/desired_server'
import {
  domainDirectory,
  ownScript,
  sharedScript,
  sieveDirectory,
} from '#convergence/services/sieve/layout'
import { mailboxScript, spamScript } from '#convergence/services/sieve/script'
import type { AbsolutePath, DomainName } from '#convergence/syntax/names'

/** By path. */
export type Scripts = ReadonlyMap<AbsolutePath, string>

const actions: readonly SpamAction[] = ['tag', 'quarantine', 'delete']
const wishes: readonly DesiredMailbox['spam'][] = [
  null,
  ...([5, 10, 13] as const).flatMap((score) => actions.map((action) => ({ score, action }))),
]

/** For everybody who has a wish about spam only; another level or action is then no more than another row. */
export const serverScripts: Scripts = new Map(
  wishes.map((spam) => [sharedScript(sieveDirectory, spam), spamScript(spam, [])])
)

/** Where nothing else is said, and what is run should a user's own script ever be missing. */
export const defaultScript = sharedScript(sieveDirectory, { score: 10, action: 'tag' })

export function domainScripts(domain: DesiredDomain, hostname: DomainName): Scripts {
  return new Map(
    domain.mailboxes
      .map((mailbox) => [scriptOf(mailbox, domain), mailbox] as const)
      .filter(([path]) => !serverScripts.has(path))
      .map(([path, mailbox]) => [
        path,
        isShared(mailbox)
          ? spamScript(mailbox.spam, domain.allowedSenders)
          : mailboxScript(mailbox, domain, hostname),
      ])
  )
}

/** Which script a mailbox has: the server's, the domain's for its own list of senders, or one of its own. */
export function scriptOf(mailbox: DesiredMailbox, domain: DesiredDomain): AbsolutePath {
  if (!isShared(mailbox)) return ownScript(domainDirectory(domain), mailbox)
  const isListed = mailbox.spam !== null && domain.allowedSenders.length > 0
  return sharedScript(isListed ? domainDirectory(domain) : sieveDirectory, mailbox.spam)
}

function isShared(mailbox: DesiredMailbox): boolean {
  const { spam, allowedSenders, rejectedSenders, forward, userScript, vacation } = mailbox
  const isListed = (spam !== null && allowedSenders.length > 0) || rejectedSenders.length > 0
  return !isListed && forward === null && !userScript && vacation === null
}
