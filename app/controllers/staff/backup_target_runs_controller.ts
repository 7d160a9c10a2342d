import type { HttpContext } from '@adonisjs/core/http'
import BackupTarget from '#models/backup_target'
import BackupTargetRun from '#models/backup_target_run'
import StaffPolicy from '#policies/staff_policy'
import { newTargetRun } from '#validators/backup_target'

/** BKP-02: something is done with the target now. */
export default class BackupTargetRunsController {
  async store({ auth, bouncer, i18n, params, request, response, session }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('decide')
    const target = await BackupTarget.findOrFail(params.backup_target_id)
    const { kind } = await request.validateUsing(newTargetRun)
    await BackupTargetRun.request(target, kind, auth.use('staff').getUserOrFail().login)
    session.flash('success', i18n.t('messages.staff.backup_target_requested'))
    return response.redirect().toRoute('staff.backup_targets.show', [target.id])
  }
}
