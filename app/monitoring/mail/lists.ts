import { integerOf, listOf, oneOf, recordOf, textOf } from '#convergence/agent/shapes'
import type { Actor } from '#models/actor'
import { checkForward } from '#models/mail_address'
import type MailingList from '#models/mailing_list'
import { seenOf } from '#models/mailing_list'
import OperationLog from '#models/operation_log'
import type Server from '#models/server'
import { shownText } from '#monitoring/mail/shown_text'
import { inquire, type Answer } from '#monitoring/questions'

/** Where mlmmj keeps posts: those that wait for a moderator, and those that were sent. */
export type PostFolder = 'moderation' | 'archive'

/** A post to a list (MAIL-06). */
export interface ListPost {
  /** Its name on the server. */
  readonly post: string
  readonly subject: string
  readonly name: string
  readonly address: string
  readonly at: Date
  readonly bytes: number
}

/** With what people read of it; text only. */
export interface WholePost extends ListPost {
  readonly text: string
  /** Names of what came with it. */
  readonly files: readonly string[]
}

export interface PostPage {
  readonly total: number
  readonly posts: readonly ListPost[]
}

export const postsPerPage = 20
const longestText = 200 * 1024
/** Lists of one server that are asked about together. */
const mostAtOnce = 1000

/** With its domain and server, as `mailingListsOf` finds it. Newest first. */
export function postsOf(
  list: MailingList,
  folder: PostFolder,
  page: number
): Promise<Answer<PostPage>> {
  const given = { ...listOfServer(list), folder, page, size: postsPerPage }
  return inquire(list.domain.server, 'list_posts', given, (answer) => {
    const { total, posts } = recordOf(answer)
    return { total: integerOf(total), posts: listOf(posts, postsPerPage, summary) }
  })
}

/** Null: it is not there (any more). */
export function postOf(
  list: MailingList,
  folder: PostFolder,
  post: string
): Promise<Answer<WholePost | null>> {
  const given = { ...listOfServer(list), folder, post }
  return inquire(list.domain.server, 'list_post', given, (answer) => {
    if (answer === null) return null
    const { text, files } = recordOf(answer)
    const names = listOf(files, 50, (name) => shownText(name, 200))
    return { ...summary(answer), text: plainLines(text), files: names }
  })
}

/** Where a page of posts is among all; the server cut it. */
export function pageOfPosts(total: number, page: number) {
  const lastPage = Math.max(1, Math.ceil(total / postsPerPage))
  const from = Math.min(total, (page - 1) * postsPerPage + 1)
  return { total, page, lastPage, from, to: Math.min(total, page * postsPerPage) }
}

/** To the members. Answers whether it still waited. */
export function releasePost(list: MailingList, post: string, actor: Actor) {
  return decide('release_post', 'list_post_release.store', list, post, actor)
}

/** Nobody gets it. Answers whether it still waited. */
export function rejectPost(list: MailingList, post: string, actor: Actor) {
  return decide('reject_post', 'list_post_rejection.store', list, post, actor)
}

async function decide(
  question: string,
  action: string,
  list: MailingList,
  post: string,
  actor: Actor
): Promise<Answer<boolean>> {
  const { domain } = list
  const address = `${list.localPart}@${domain.name}`
  const given = { ...listOfServer(list), post, address }
  const answer = await inquire(domain.server, question, given, (said) => {
    return recordOf(said).found === true
  })
  // PNL-08: done on the server, so there is no transaction that both belong to.
  const succeeded = answer.value === true
  const target = `${list.localPart}@${domain.unicodeName}`
  await OperationLog.record(actor, { action, target, domainId: domain.id, succeeded })
  return answer
}

/**
 * Who joined and left by mail since the database last knew becomes its members. Answers how many changes were
 * taken over. May be called by anybody at any time: each change counts once.
 */
export async function takeOverChanges(list: MailingList): Promise<Answer<number>> {
  const after = { epoch: list.changesEpoch ?? '', after: list.changesSeen }
  const answer = await inquire(
    list.domain.server,
    'list_changes',
    { ...listOfServer(list), ...after },
    changesOf
  )
  if (answer.problem !== undefined) return answer
  const { epoch, after: from, seen, changes } = answer.value
  if (seen === from || from !== seenOf(list, epoch)) return { value: 0 }
  const isTaken = await list.takeOver(changes, { epoch, after: from, seen })
  return { value: isTaken ? changes.length : 0 }
}

/** Lists of one server where mail changed something that the database does not know. One question for all. */
export function listsWithNews(
  server: Server,
  lists: readonly MailingList[]
): Promise<Answer<readonly MailingList[]>> {
  const known = new Map(lists.slice(0, mostAtOnce).map((list) => [list.id, list]))
  const asked = [...known.values()].map((list) => ({
    list: list.id,
    epoch: list.changesEpoch ?? '',
    after: list.changesSeen,
  }))
  return inquire(server, 'lists_with_news', { domain: '', lists: asked }, (answer) =>
    listOf(answer, known.size, (id) => integerOf(id)).flatMap((id) => known.get(id) ?? [])
  )
}

function changesOf(answer: unknown) {
  const { epoch, after, seen, changes } = recordOf(answer)
  const all = listOf(changes, 1000, (value) => {
    const { action, address } = recordOf(value)
    return {
      action: oneOf(action, ['join', 'leave'] as const),
      address: checkForward(textOf(address, 320)),
    }
  })
  return {
    epoch: textOf(epoch, 32),
    after: integerOf(after, 2 ** 31),
    seen: integerOf(seen, 2 ** 31),
    // A server may say anything; what is no address is nobody.
    changes: all.flatMap(({ action, address }) =>
      'value' in address ? [{ action, address: address.value }] : []
    ),
  }
}

function summary(value: unknown): ListPost {
  const { post, subject, name, address, at, bytes } = recordOf(value)
  return {
    post: textOf(post, 32),
    subject: shownText(subject, 500),
    name: shownText(name, 200),
    address: shownText(address, 320),
    at: new Date(integerOf(at, 2 ** 40) * 1000),
    bytes: integerOf(bytes),
  }
}

/** Line by line: what a stranger wrote is shown, not obeyed. */
const plainLines = (text: unknown) =>
  textOf(text, longestText)
    .split(/\r\n|\r|\n/)
    .map((line) => shownText(line, 2000))
    .join('\n')

const listOfServer = ({ id, domain }: MailingList) => ({ domain: domain.name, list: id })
