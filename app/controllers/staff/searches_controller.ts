import type { HttpContext } from '@adonisjs/core/http'
import { search } from '#models/search'
import StaffPolicy from '#policies/staff_policy'
import { readList } from '#validators/list'

/** OPS-07: one field that finds contracts, servers, names, mailboxes, addresses and orders. */
export default class SearchesController {
  async show({ bouncer, request, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    const list = await readList(request.qs(), [''])
    return view.render('pages/staff/searches/show', { list, groups: await search(list.q) })
  }
}
