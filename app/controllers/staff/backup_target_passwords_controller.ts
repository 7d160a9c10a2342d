import type { HttpContext } from '@adonisjs/core/http'
import BackupTarget from '#models/backup_target'
import StaffPolicy from '#policies/staff_policy'

/** BKP-02: what opens the repository, shown once: in the answer itself, so that no session and no address has it. */
export default class BackupTargetPasswordsController {
  async store({ bouncer, params, response, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('decide')
    const target = await BackupTarget.findOrFail(params.backup_target_id)
    const password = await target.showPassword()
    response.header('cache-control', 'no-store')
    return view.render('pages/staff/backup_targets/password', { target, password })
  }
}
