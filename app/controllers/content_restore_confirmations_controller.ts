import type { HttpContext } from '@adonisjs/core/http'
import { domainsOf } from '#models/account/visible'
import ContentRestore from '#models/content_restore'
import ContentBackupPolicy from '#policies/content_backup_policy'

/** BKP-01: what was shown is carried out. */
export default class ContentRestoreConfirmationsController {
  async store({ account, bouncer, params, request, response }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(ContentBackupPolicy).authorize('restore', domain)
    const restore = await ContentRestore.query()
      .where({ id: params.restore_id, domainId: domain.id })
      .firstOrFail()
    await restore.confirm({ by: account, ip: request.ip() })
    return response.redirect().toRoute('content_restores.show', [domain.id, restore.id])
  }
}
