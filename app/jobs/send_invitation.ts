import { PermanentFailure, type Job } from '#jobs/job'
import type { TaskRun } from '#jobs/task_run'
import { say } from '#jobs/wording'
import { sendInvitation } from '#mails/password_invitation'
import PasswordInvitation from '#models/password_invitation'

/** OPS-07: the link with which a contractor chooses his password. */
export default class SendInvitation implements Job {
  static readonly kind = 'send_invitation'

  async handle({ payload }: Pick<TaskRun, 'payload'>) {
    const { invitationId } = (payload ?? {}) as { invitationId?: unknown }
    const invitation = await PasswordInvitation.query()
      .where('id', Number(invitationId) || 0)
      .preload('account', (account) => account.preload('contract'))
      .first()
    if (!invitation)
      throw new PermanentFailure(say('failed'), { cause: `no invitation ${invitationId}` })
    if (!invitation.isOpen || invitation.sentAt) return
    await sendInvitation(invitation, await invitation.renewToken())
    await invitation.markSent()
  }
}
