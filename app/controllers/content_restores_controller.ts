import type { HttpContext } from '@adonisjs/core/http'
import { Refusal } from '#exceptions/refusals'
import { domainsOf } from '#models/account/visible'
import ContentRestore, { neededFor } from '#models/content_restore'
import { progressOfRestore } from '#models/content_restore/progress'
import ContentBackupPolicy from '#policies/content_backup_policy'
import { contentRestore } from '#validators/content_backup'

/** BKP-01: something of the backup comes back; first it is shown what that overwrites. */
export default class ContentRestoresController {
  async store({ account, bouncer, params, request, response }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(ContentBackupPolicy).authorize('restore', domain)
    const { chosen: paths = [], deletes = false } = await request.validateUsing(contentRestore)
    if (paths.length === 0) throw new Refusal('nothing_chosen_to_restore')
    const actor = { by: account, ip: request.ip() }
    const { id } = await ContentRestore.begin(domain, { paths, deletes }, actor)
    return response.redirect().toRoute('content_restores.show', [domain.id, id])
  }

  async show({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(ContentBackupPolicy).authorize('show', domain)
    const restore = await ContentRestore.query()
      .where({ id: params.restore_id, domainId: domain.id })
      .firstOrFail()
    await restore.endLost()
    const plan = restore.planned
    return view.render('pages/content_restores/show', {
      domain,
      server: domain.server,
      restore,
      plan,
      parts: restore.isOver ? restore.outcomes : (plan?.parts ?? []),
      needed: neededFor(plan?.parts ?? []),
      progress: await progressOfRestore(restore.id),
    })
  }
}
