import type { Job } from '#jobs/job'
import type { TaskRun } from '#jobs/task_run'
import { sendAnnouncement } from '#mails/announcement'
import Announcement from '#models/announcement'
import { addressAnnouncement, markMail, waitingMails } from '#models/announcement/mailing'

/** OPS-07: to each person once. Cut off anywhere, the next run goes on; a withdrawn one goes to nobody more. */
export default class MailAnnouncement implements Job {
  static readonly kind = 'mail_announcement'
  static readonly takesLong = true

  async handle(run: Pick<TaskRun, 'payload' | 'signal' | 'log'>) {
    const { announcementId } = (run.payload ?? {}) as { announcementId?: unknown }
    const announcement = await Announcement.find(Number(announcementId) || 0)
    if (!announcement?.publishedAt) return
    await addressAnnouncement(announcement, run.signal)
    const failed = await mailAll(announcement, run.signal)
    if (failed === null) return
    await run.log(failed, 'warn')
    throw new Error(failed)
  }
}

/** One round: what could not be sent is told, and tried again by the next attempt of the task. */
async function mailAll(announcement: Announcement, signal: AbortSignal): Promise<string | null> {
  let failed: string | null = null
  const tried = new Set<number>()
  for (;;) {
    await announcement.refresh()
    const waiting = await waitingMails(announcement.id)
    const next = waiting.filter(({ id }) => !tried.has(id))
    if (next.length === 0 || announcement.withdrawnAt) return failed
    for (const mail of next) {
      if (signal.aborted) return failed
      tried.add(mail.id)
      const problem = await problemOf(sendAnnouncement(announcement, mail.address))
      if (problem !== null) failed = problem
      await markMail(mail, problem === null)
    }
  }
}

const problemOf = (sending: Promise<unknown>) =>
  sending.then(
    () => null,
    (error: unknown) => String(error).slice(0, 200)
  )
