import type { DesiredDomain, DesiredMailbox, SpamAction } from '#convergence/desired_server'
import {
  domainDirectory,
  namedScript,
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
  const scripts = domain.mailboxes.map((mailbox) => scriptOf(mailbox, domain, hostname))
  return new Map(
    scripts.filter(({ path }) => !serverScripts.has(path)).map(({ path, text }) => [path, text()])
  )
}

interface Script {
  readonly path: AbsolutePath
  text(): string
}

/** Which script a mailbox has: the server's, the domain's for its own list of senders, or one for his wishes. */
export function scriptOf(
  mailbox: DesiredMailbox,
  domain: DesiredDomain,
  hostname: DomainName
): Script {
  const { spam } = mailbox
  if (!isSpamOnly(mailbox)) {
    const text = mailboxScript(mailbox, domain, hostname)
    return { path: namedScript(domainDirectory(domain), text), text: () => text }
  }
  const isListed = spam !== null && domain.allowedSenders.length > 0
  return {
    path: sharedScript(isListed ? domainDirectory(domain) : sieveDirectory, spam),
    text: () => spamScript(spam, domain.allowedSenders),
  }
}

function isSpamOnly(mailbox: DesiredMailbox): boolean {
  const { spam, allowedSenders, rejectedSenders, forward, userScript, vacation } = mailbox
  const isListed = (spam !== null && allowedSenders.length > 0) || rejectedSenders.length > 0
  return !isListed && forward === null && !userScript && vacation === null
}
