import type { HttpContext } from '@adonisjs/core/http'
import Task from '#models/task'
import { dismissTask } from '#models/task/handling'
import StaffPolicy from '#policies/staff_policy'

/** OPS-07: work that isn't done any more, and failures that somebody has seen to. */
export default class TaskDismissalsController {
  async store({ auth, bouncer, i18n, params, request, response, session }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('converge')
    const task = await Task.findOrFail(params.task_id)
    await dismissTask(task, auth.use('staff').getUserOrFail(), request.ip())
    session.flash('success', i18n.t('staff.tasks.dismissed'))
    return response.redirect().toRoute('staff.tasks.index')
  }
}
