import type { HttpContext } from '@adonisjs/core/http'
import { providerFor } from '#models/actor'
import DomainDeletion from '#models/domain_deletion'
import { waitingDeletions } from '#models/domain_deletion/listing'
import StaffPolicy from '#policies/staff_policy'
import { readList } from '#validators/list'

/** DOM-05: deleted domains of all contracts that can still be restored. */
export default class DomainDeletionsController {
  async index({ bouncer, request, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    const list = await readList(request.qs(), ['ends'])
    const deletions = await waitingDeletions(list.page)
    return view.render('pages/staff/domain_deletions/index', { list, deletions })
  }

  async show({ bouncer, params, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('decide')
    const deletion = await DomainDeletion.query()
      .where('id', params.id)
      .preload('domain', (domain) =>
        domain.preload('server', (server) => server.preload('contract'))
      )
      .firstOrFail()
    return view.render('pages/staff/domain_deletions/show', { deletion, domain: deletion.domain })
  }

  async destroy({ bouncer, i18n, params, response, session }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('decide')
    const deletion = await DomainDeletion.query()
      .where('id', params.id)
      .preload('domain')
      .firstOrFail()
    await deletion.restore(providerFor(deletion.contractId, 'staff'))
    const { unicodeName: name } = deletion.domain
    session.flash('success', i18n.t('messages.domains.restored', { name }))
    return response.redirect().toRoute('staff.domain_deletions.index')
  }
}
