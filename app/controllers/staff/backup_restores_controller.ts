import type { HttpContext } from '@adonisjs/core/http'
import { Refusal } from '#exceptions/refusals'
import Backup from '#models/backup'
import BackupRestore from '#models/backup_restore'
import Domain from '#models/domain'
import { progressOf } from '#models/task/progress'
import StaffPolicy from '#policies/staff_policy'
import { newStaffRestore } from '#validators/backup'

/** BKP-02: everything of a domain comes back, into itself or into another of the same contract. */
export default class BackupRestoresController {
  async show({ bouncer, params, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    const restore = await BackupRestore.findOrFail(params.id)
    const backup = await Backup.find(restore.backupId)
    return view.render('pages/staff/backup_restores/show', {
      restore,
      backup,
      apply: restore.taskId && !restore.isOver ? await progressOf(restore.taskId) : null,
    })
  }

  async store({ bouncer, params, request, response }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('decide')
    const backup = await Backup.usable(params.backup_id)
    if (!backup) throw new Refusal('backup_is_gone')
    const restore = await begin(backup, request)
    return response.redirect().toRoute('staff.backup_restores.show', [restore.id])
  }
}

async function begin(backup: Backup, request: HttpContext['request']): Promise<BackupRestore> {
  if (backup.kind === 'share') return BackupRestore.share(backup)
  const { target } = await request.validateUsing(newStaffRestore)
  const domain = await Domain.query()
    .where({ id: target, contractId: backup.contractId })
    .whereNull('deletedAt')
    .first()
  if (!domain) throw new Refusal('domain_is_gone', 'target')
  return BackupRestore.everything(backup, domain)
}
