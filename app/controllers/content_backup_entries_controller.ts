import type { HttpContext } from '@adonisjs/core/http'
import { domainsOf } from '#models/account/visible'
import ContentBackup from '#models/content_backup'
import { stepsOf } from '#models/content_backup/path'
import { backupEntriesOf } from '#monitoring/content_backups'
import ContentBackupPolicy from '#policies/content_backup_policy'
import { contentBackupEntries } from '#validators/content_backup'

/** BKP-01: a directory of the backup, where somebody chooses what he wants back. */
export default class ContentBackupEntriesController {
  async index({ account, bouncer, params, request, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(ContentBackupPolicy).authorize('show', domain)
    const [error, asked] = await contentBackupEntries.tryValidate(request.qs())
    const path = (error ? undefined : asked.path) ?? ''
    return view.render('pages/content_backup_entries/index', {
      domain,
      server: domain.server,
      written: await ContentBackup.lastWrittenOf(domain.id),
      steps: stepsOf(path),
      found: await backupEntriesOf(domain, path),
    })
  }
}
