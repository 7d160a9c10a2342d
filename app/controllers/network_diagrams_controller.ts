import type { HttpContext } from '@adonisjs/core/http'
import { networkDiagramOf } from '#models/network_diagram'
import ServerPolicy from '#policies/server_policy'
import { readList } from '#validators/list'

/** NET-04 構成図. */
export default class NetworkDiagramsController {
  async show({ account, bouncer, request, view }: HttpContext) {
    await bouncer.with(ServerPolicy).authorize('index')
    const list = await readList(request.qs(), [''])
    const diagram = await networkDiagramOf(account.contractId, list.page)
    return view.render('pages/network_diagrams/show', { ...diagram, list, base: '/servers' })
  }
}
