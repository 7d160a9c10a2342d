import type { DesiredDomain, DesiredMailingList } from '#convergence/desired_server'
import type { Resource, TableResource } from '#convergence/resource'
import {
  listsAccount,
  memberDirectory,
  settingsDatabase,
  spool,
} from '#convergence/services/mailing_lists/layout'
import { rows } from '#convergence/syntax/map_rows'
import { toAbsolutePath } from '#convergence/syntax/names'

/** The table exists before the first list does. */
export const emptyTable = (): TableResource => table([])

/** MAIL-10: a domain whose mail follows its MX has no lists here; what they hold stays until they are deleted. */
export function domainLists(domain: DesiredDomain): Resource[] {
  const lists = domain.mailingLists
  // Nothing to compare for the many domains that have none.
  if (lists.length === 0) return []
  return [
    table(
      domain.outMx
        ? []
        : lists.map((list) => [String(list.id), JSON.stringify(settings(list, domain))])
    ),
    ...lists.map(members),
    ...lists.map(place),
  ]
}

function settings(list: DesiredMailingList, domain: DesiredDomain) {
  return {
    address: `${list.localPart}@${domain.name}`,
    posting: list.posting,
    moderation: list.moderation,
    moderators: list.moderators,
    prefix: list.subjectPrefix,
    autoSubscription: list.autoSubscription,
    archive: list.archive,
    replyTo: list.replyTo,
  }
}

/** Its first line says up to which of the changes that mail made the addresses below it are right. */
function members(list: DesiredMailingList): Resource {
  const { epoch, seen } = list.changes
  return {
    kind: 'file',
    path: toAbsolutePath(`${memberDirectory}/${list.id}`),
    content: `# ${epoch ?? '-'} ${seen}\n${list.members.map((address) => `${address}\n`).join('')}`,
    owner: 'root',
    group: listsAccount.id,
    mode: 0o640,
    secret: true,
  }
}

/** What mlmmj keeps of it goes with the list: archive, waiting posts, bounces. */
function place(list: DesiredMailingList): Resource {
  return {
    kind: 'directory',
    path: toAbsolutePath(`${spool}/${list.id}`),
    owner: listsAccount.id,
    group: listsAccount.id,
    mode: 0o700,
    tree: true,
  }
}

function table(of: readonly [string, string][]): TableResource {
  return { kind: 'table', database: settingsDatabase, table: 'lists', rows: rows(of) }
}
