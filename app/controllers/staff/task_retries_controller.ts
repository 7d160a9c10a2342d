import type { HttpContext } from '@adonisjs/core/http'
import Task from '#models/task'
import { retryTask } from '#models/task/handling'
import StaffPolicy from '#policies/staff_policy'

/** OPS-07: a failed piece of work is done again. */
export default class TaskRetriesController {
  async store({ auth, bouncer, i18n, params, request, response, session }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('converge')
    const task = await Task.findOrFail(params.task_id)
    await retryTask(task, auth.use('staff').getUserOrFail(), request.ip())
    session.flash('success', i18n.t('staff.tasks.retried'))
    return response.redirect().toRoute('staff.tasks.show', [task.id])
  }
}
