import type { HttpContext } from '@adonisjs/core/http'
import Server from '#models/server'
import Task from '#models/task'
import { isDispensable, isRepeatable } from '#models/task/handling'
import { taskCounts, taskRows } from '#models/task/staff_listing'
import StaffPolicy from '#policies/staff_policy'
import { readTaskFilter } from '#validators/staff'

/** OPS-07: what runs, waits and failed. */
export default class TasksController {
  async index({ bouncer, request, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    const filter = await readTaskFilter(request.qs())
    return view.render('pages/staff/tasks/index', {
      filter,
      tasks: await taskRows(filter),
      counts: await taskCounts(),
    })
  }

  async show({ bouncer, params, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    const task = await Task.findOrFail(params.id)
    return view.render('pages/staff/tasks/show', {
      task,
      server: task.serverId === null ? null : await Server.find(task.serverId),
      logs: await task.related('logs').query().orderBy('id', 'desc').limit(200),
      canRetry: isRepeatable(task),
      canDismiss: isDispensable(task),
    })
  }
}
