import type { HttpContext } from '@adonisjs/core/http'
import { domainsOf } from '#models/account/visible'
import ContentBackup from '#models/content_backup'
import { startOf } from '#models/content_backup/schedule'
import ContentRestore from '#models/content_restore'
import { progressOfRestore } from '#models/content_restore/progress'
import ContentBackupPolicy from '#policies/content_backup_policy'

const shown = { backups: 14, restores: 10 }

/** BKP-01: what was backed up of a domain and when, and what was restored. */
export default class ContentBackupsController {
  async index({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(ContentBackupPolicy).authorize('show', domain)
    const [backups, restores] = await Promise.all([
      ContentBackup.latestOf(domain.id, shown.backups),
      ContentRestore.latestOf(domain.id, shown.restores),
    ])
    const current = restores.find(({ isUnderWay }) => isUnderWay)
    return view.render('pages/content_backups/index', {
      domain,
      server: domain.server,
      backups,
      written: await ContentBackup.lastWrittenOf(domain.id),
      startsAt: startOf(domain.serverId),
      restores,
      current,
      progress: current ? await progressOfRestore(current.id) : null,
    })
  }
}
