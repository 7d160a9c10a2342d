import type { HttpContext } from '@adonisjs/core/http'
import { domainsOf } from '#models/account/visible'
import type { Actor } from '#models/actor'
import Backup from '#models/backup'
import BackupRestore from '#models/backup_restore'
import { restoresOfDomain } from '#models/backup_restore/listing'
import { databasesOfDomain } from '#models/database/listing'
import { prefixOf } from '#models/database/name'
import type Domain from '#models/domain'
import Mailbox from '#models/mailbox'
import { progressOf } from '#models/task/progress'
import BackupPolicy from '#policies/backup_policy'
import { chosenRestore } from '#validators/backup'
import { Refusal } from '#exceptions/refusals'

/** BKP-02: a customer gets a mailbox or a database back by himself. */
export default class BackupRestoresController {
  async create({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(BackupPolicy).authorize('restore', domain)
    return view.render('pages/backup_restores/create', {
      domain,
      server: domain.server,
      generations: await Backup.usableOf(domain.id),
      mailboxes: await Mailbox.query().where('domainId', domain.id).orderBy('localPart'),
      databases: await databaseNamesOf(domain),
      restores: await restoresOfDomain(domain.id),
    })
  }

  async store({ account, bouncer, params, request, response }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(BackupPolicy).authorize('restore', domain)
    const { generation, what } = await request.validateUsing(chosenRestore)
    const generations = await Backup.usableOf(domain.id)
    const backup = generations.find(({ id }) => id === generation)
    if (!backup) throw new Refusal('backup_is_gone', 'generation')
    const actor = { by: account, ip: request.ip() }
    const restore = await begin(backup, domain, what, actor)
    return response.redirect().toRoute('backup_restores.show', [domain.id, restore.id])
  }

  async show({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(BackupPolicy).authorize('restore', domain)
    const restore = await BackupRestore.query()
      .where({ id: params.id, domainId: domain.id })
      .whereNot('kind', 'test')
      .firstOrFail()
    const backup = await Backup.find(restore.backupId)
    return view.render('pages/backup_restores/show', {
      domain,
      server: domain.server,
      restore,
      backup,
      apply: restore.taskId && !restore.isOver ? await progressOf(restore.taskId) : null,
    })
  }
}

/** `mailbox:sato` or `database:shop`, both of which must be there to take something back. */
async function begin(backup: Backup, domain: Domain, what: string, actor: Actor) {
  const [kind, name] = what.split(':')
  if (kind === 'mailbox') {
    const mailbox = await Mailbox.query().where({ domainId: domain.id, localPart: name }).first()
    if (!mailbox) throw new Refusal('restore_target_is_gone', 'what')
    return BackupRestore.mailbox(backup, domain, name, actor)
  }
  const databases = await databaseNamesOf(domain)
  if (!databases.includes(name)) throw new Refusal('restore_target_is_gone', 'what')
  return BackupRestore.database(backup, domain, name, actor)
}

/** Without the domain's prefix. */
async function databaseNamesOf(domain: Domain): Promise<string[]> {
  const databases = await databasesOfDomain(domain.id)
  return databases.map(({ name }) => name.slice(prefixOf(domain).length))
}
