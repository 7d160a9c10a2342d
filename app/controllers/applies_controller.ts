import type { HttpContext } from '@adonisjs/core/http'
import { appliesOf } from '#models/account/visible'
import Server from '#models/server'
import { progressOf } from '#models/task/progress'
import ApplyPolicy from '#policies/apply_policy'

/** A change on its way to the server, as somebody watches it. */
export default class AppliesController {
  async show({ account, bouncer, params, request, response, view }: HttpContext) {
    const task = await appliesOf(account).where('id', params.id).firstOrFail()
    const server = task.serverId === null ? null : await Server.find(task.serverId)
    await bouncer.with(ApplyPolicy).authorize('show', task, server?.contractId ?? null)

    const apply = await progressOf(task.id)
    if (request.accepts(['html', 'json']) === 'json') return response.json(apply)
    return view.render('pages/applies/show', { apply, server })
  }
}

/** The apply that a page was asked to show, `?apply=12`; null when it is not his. */
export async function watchedApply({ account, request }: HttpContext) {
  const id = Number(request.input('apply'))
  if (!Number.isSafeInteger(id) || id < 1) return null
  const visible = await appliesOf(account).where('id', id).select('id').first()
  return visible ? progressOf(id) : null
}
