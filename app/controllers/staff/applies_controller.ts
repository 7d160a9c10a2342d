import type { HttpContext } from '@adonisjs/core/http'
import Server from '#models/server'
import Task from '#models/task'
import { progressOf } from '#models/task/progress'
import StaffPolicy from '#policies/staff_policy'

export default class AppliesController {
  async show({ bouncer, params, request, response, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    const task = await Task.findOrFail(params.id)
    const apply = await progressOf(task.id)
    if (request.accepts(['html', 'json']) === 'json') return response.json(apply)
    const server = task.serverId === null ? null : await Server.find(task.serverId)
    return view.render('pages/staff/applies/show', { apply, server })
  }
}

/** The apply that a page was asked to show, `?apply=12`. */
export async function watchedApply({ request }: HttpContext) {
  const id = Number(request.input('apply'))
  return Number.isSafeInteger(id) && id > 0 ? progressOf(id) : null
}
