import type { HttpContext } from '@adonisjs/core/http'
import { streamProgress } from '#controllers/apply_events_controller'
import Task from '#models/task'
import { watchProgress } from '#models/task/progress'
import StaffPolicy from '#policies/staff_policy'

export default class ApplyEventsController {
  async show(ctx: HttpContext) {
    await ctx.bouncer.with(StaffPolicy).authorize('read')
    const task = await Task.findOrFail(ctx.params.apply_id)
    return streamProgress(ctx, (signal) => watchProgress(task.id, signal))
  }
}
