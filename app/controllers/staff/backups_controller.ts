import type { HttpContext } from '@adonisjs/core/http'
import db from '@adonisjs/lucid/services/db'
import Backup from '#models/backup'
import BackupHost from '#models/backup_host'
import BackupRestore from '#models/backup_restore'
import BackupTarget from '#models/backup_target'
import BackupTargetRun from '#models/backup_target_run'
import {
  backupsOfSet,
  domainsWithoutBackup,
  latestBackups,
  serverTurns,
} from '#models/backup/listing'
import { latestRestores, latestTests } from '#models/backup_restore/listing'
import Server from '#models/server'
import Task from '#models/task'
import { sqlTime } from '#models/task/clock'
import StaffPolicy from '#policies/staff_policy'
import { readList } from '#validators/list'

/** BKP-02: what the provider has copies of. */
export default class BackupsController {
  async index({ bouncer, request, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    const list = await readList(request.qs(), ['-id'])
    const target = await BackupTarget.registered()
    return view.render('pages/staff/backups/index', {
      list,
      host: await BackupHost.registered(),
      target,
      offsite: target ? await BackupTargetRun.newest(target) : null,
      backups: await latestBackups(list.page),
      without: await domainsWithoutBackup(sqlTime(new Date(Date.now() - 36 * 3600_000))),
      turns: await serverTurns(),
      restores: await latestRestores(5),
      tests: await latestTests(5),
    })
  }

  async show({ bouncer, params, view }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('read')
    const backup = await Backup.findOrFail(params.id)
    const targets = await db
      .from('domains')
      .join('servers', 'servers.id', 'domains.server_id')
      .where('domains.contract_id', backup.contractId)
      .whereNull('domains.deleted_at')
      .select('domains.id', 'domains.unicode_name as name', 'servers.name as server_name')
      .orderBy('domains.id')
    return view.render('pages/staff/backups/show', {
      backup,
      generations: await backupsOfSet(backup),
      restores: await BackupRestore.query().where('backupId', backup.id).orderBy('id', 'desc'),
      server: await Server.find(backup.serverId),
      targets,
    })
  }

  /** Of a server, now. */
  async store({ bouncer, i18n, params, response, session }: HttpContext) {
    await bouncer.with(StaffPolicy).authorize('converge')
    await BackupHost.current()
    const server = await Server.findOrFail(params.server_id)
    await Task.enqueue({
      kind: 'copy_server',
      payload: { serverId: server.id },
      lockKey: `backup:${server.id}`,
      uniqueKey: `backup:${server.id}:now`,
      serverId: server.id,
      maxAttempts: 1,
    })
    session.flash('success', i18n.t('messages.staff.backup_requested', { server: server.name }))
    return response.redirect().toRoute('staff.backups.index')
  }
}
