import type { HttpContext } from '@adonisjs/core/http'
import BackupHost from '#models/backup_host'
import StaffPolicy from '#policies/staff_policy'
import { backupHostEdit } from '#validators/backup'

/** BKP-02: how many generations are kept. */
export default class BackupHostsController {
  async edit({ bouncer, params, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('decide')
    const host = await BackupHost.findOrFail(params.id)
    return view.render('pages/staff/backup_hosts/edit', { host })
  }

  async update({ bouncer, i18n, params, request, response, session }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('decide')
    const host = await BackupHost.findOrFail(params.id)
    await host.merge(await request.validateUsing(backupHostEdit)).save()
    session.flash('success', i18n.t('messages.staff.backup_host_saved'))
    return response.redirect().toRoute('staff.backups.index')
  }
}
