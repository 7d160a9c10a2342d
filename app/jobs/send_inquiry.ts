import { PermanentFailure, type Job } from '#jobs/job'
import type { TaskRun } from '#jobs/task_run'
import { say } from '#jobs/wording'
import { sendInquiry } from '#mails/inquiry'
import Inquiry from '#models/inquiry'

/** ORD-08: to the support desk, which answers whoever asked. */
export default class SendInquiry implements Job {
  static readonly kind = 'send_inquiry'

  async handle({ payload }: Pick<TaskRun, 'payload'>) {
    const { inquiryId } = (payload ?? {}) as { inquiryId?: unknown }
    const inquiry = await Inquiry.query()
      .where('id', Number(inquiryId) || 0)
      .preload('contract')
      .first()
    if (!inquiry) throw new PermanentFailure(say('failed'), { cause: `no inquiry ${inquiryId}` })
    await sendInquiry(inquiry)
  }
}
