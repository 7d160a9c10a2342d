import type { HttpContext } from '@adonisjs/core/http'
import { Refusal } from '#exceptions/refusals'
import BackupHost from '#models/backup_host'
import BackupTarget from '#models/backup_target'
import BackupTargetRun from '#models/backup_target_run'
import StaffPolicy from '#policies/staff_policy'
import { endOfTarget, readTarget } from '#validators/backup_target'

/** BKP-02: where copies go so that they outlive the backup host. */
export default class BackupTargetsController {
  async create({ bouncer, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('decide')
    const host = await BackupHost.current()
    return view.render('pages/staff/backup_targets/create', { host })
  }

  async store({ bouncer, i18n, request, response, session }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('decide')
    const target = await BackupTarget.register(await readTarget({ request }))
    session.flash('success', i18n.t('messages.staff.backup_target_saved'))
    return response.redirect().toRoute('staff.backup_targets.show', [target.id])
  }

  async show({ bouncer, params, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    const target = await BackupTarget.findOrFail(params.id)
    return view.render('pages/staff/backup_targets/show', {
      target,
      ...(await BackupTargetRun.newest(target)),
      runs: await BackupTargetRun.query()
        .where('backupTargetId', target.id)
        .orderBy('id', 'desc')
        .limit(20),
    })
  }

  async edit({ bouncer, params, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('decide')
    const target = await BackupTarget.findOrFail(params.id)
    return view.render('pages/staff/backup_targets/edit', { target })
  }

  async update({ bouncer, i18n, params, request, response, session }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('decide')
    const target = await BackupTarget.findOrFail(params.id)
    await target.change(await readTarget({ request }))
    session.flash('success', i18n.t('messages.staff.backup_target_saved'))
    return response.redirect().toRoute('staff.backup_targets.show', [target.id])
  }

  /** What is at the target stays there. */
  async destroy({ bouncer, i18n, params, request, response, session }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('decide')
    const target = await BackupTarget.findOrFail(params.id)
    const typed = await request.validateUsing(endOfTarget)
    if (typed.offsite_confirmation !== target.address)
      throw new Refusal('backup_target_typed_differs', 'offsite_confirmation')
    await target.delete()
    session.flash('success', i18n.t('messages.staff.backup_target_removed'))
    return response.redirect().toRoute('staff.backups.index')
  }
}
