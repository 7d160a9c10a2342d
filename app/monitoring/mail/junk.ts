import { integerOf, listOf, recordOf } from '#convergence/agent/shapes'
import type { Actor } from '#models/actor'
import type Mailbox from '#models/mailbox'
import OperationLog from '#models/operation_log'
import { shownText } from '#monitoring/mail/shown_text'
import { inquire, type Answer } from '#monitoring/questions'

/** A message in quarantine (MAIL-04), as far as anybody but its owner may see it. */
export interface JunkMail {
  readonly uid: number
  readonly subject: string
  readonly name: string
  readonly address: string
  readonly at: Date
  readonly bytes: number
  /** Points of the spam check; null where the header says nothing of the kind. */
  readonly score: number | null
}

export interface JunkPage {
  /** With it numbers mean the same messages as when they were shown (RFC 3501, UIDVALIDITY). */
  readonly validity: number
  readonly total: number
  readonly messages: readonly JunkMail[]
}

export interface ChosenJunk {
  readonly validity: number
  readonly uids: readonly number[]
}

export const junkPerPage = 50

/** With its domain and server, as `mailboxesOf` finds it. Newest first. */
export function junkOf(mailbox: Mailbox, page: number): Promise<Answer<JunkPage>> {
  return inquire(
    mailbox.domain.server,
    'junk_mails',
    { ...userOf(mailbox), page, size: junkPerPage },
    (answer) => {
      const { validity, total, messages } = recordOf(answer)
      return {
        validity: integerOf(validity),
        total: integerOf(total),
        messages: listOf(messages, junkPerPage, junkMail),
      }
    }
  )
}

/** Those of the chosen ones that are still there, newest first. */
export function chosenJunkOf(
  mailbox: Mailbox,
  { validity, uids }: ChosenJunk
): Promise<Answer<readonly JunkMail[]>> {
  const given = { ...userOf(mailbox), validity, uids }
  return inquire(mailbox.domain.server, 'chosen_junk', given, messagesAmong(uids))
}

/** Into the inbox. Answers those that were still there. */
export async function releaseJunk(
  mailbox: Mailbox,
  { validity, uids }: ChosenJunk,
  actor: Actor
): Promise<Answer<readonly JunkMail[]>> {
  const given = { ...userOf(mailbox), validity, uids }
  const { server } = mailbox.domain
  const answer = await inquire(server, 'release_junk', given, messagesAmong(uids))
  await record('junk_mail_release.store', mailbox, actor, answer)
  return answer
}

/** For good. Answers how many were still there. */
export async function deleteJunk(
  mailbox: Mailbox,
  { validity, uids }: ChosenJunk,
  actor: Actor
): Promise<Answer<number>> {
  const given = { ...userOf(mailbox), validity, uids }
  const read = (answer: unknown) => integerOf(recordOf(answer).deleted, uids.length + 1)
  const answer = await inquire(mailbox.domain.server, 'delete_junk', given, read)
  await record('junk_mail_deletion.store', mailbox, actor, answer)
  return answer
}

/** PNL-08: done on the server, so there is no transaction that both belong to. */
function record(action: string, mailbox: Mailbox, actor: Actor, { problem }: Answer<unknown>) {
  const target = `${mailbox.localPart}@${mailbox.domain.unicodeName}`
  const succeeded = problem === undefined
  return OperationLog.record(actor, { action, target, domainId: mailbox.domainId, succeeded })
}

function messagesAmong({ length }: readonly number[]) {
  return (answer: unknown) => listOf(recordOf(answer).messages, length, junkMail)
}

function junkMail(value: unknown): JunkMail {
  const { uid, subject, name, address, at, bytes, score } = recordOf(value)
  const points = Number.parseFloat(shownText(score, 20))
  return {
    uid: integerOf(uid, 2 ** 32),
    subject: shownText(subject, 500),
    name: shownText(name, 200),
    address: shownText(address, 320),
    at: new Date(integerOf(at, 2 ** 40) * 1000),
    bytes: integerOf(bytes),
    score: Number.isFinite(points) ? points : null,
  }
}

const userOf = ({ localPart, domain }: Mailbox) => ({
  domain: domain.name,
  user: `${localPart}@${domain.name}`,
})
