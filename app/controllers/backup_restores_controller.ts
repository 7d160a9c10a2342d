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
import { databaseSizes } from '#monitoring/databases/sizes'
import { progressOf } from '#models/task/progress'
import BackupPolicy from '#policies/backup_policy'
import { chosenDatabase, chosenRestore } from '#validators/backup'
import { Refusal } from '#exceptions/refusals'

/** BKP-02: a customer gets a mailbox or a database back by himself. */
export default class BackupRestoresController {
  /** With a database chosen: what of it goes. */
  async create({ account, bouncer, params, request, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(BackupPolicy).authorize('restore', domain)
    const generations = await Backup.usableOf(domain.id)
    const databases = await databaseNamesOf(domain)
    const shared = { domain, server: domain.server }
    const [problem, chosen] = await chosenDatabase.tryValidate(request.qs())
    const backup = problem ? null : generations.find(({ id }) => id === chosen.generation)
    if (backup && databases.includes(chosen!.database)) {
      const sizes = await sizesOf(domain, backup, chosen!.database)
      const name = chosen!.database
      return view.render('pages/backup_restores/confirm', { ...shared, backup, name, sizes })
    }
    return view.render('pages/backup_restores/create', {
      ...shared,
      ...{ generations, databases },
      mailboxes: await Mailbox.query()
        .where('domainId', domain.id)
        .orderBy('localPart')
        .limit(2000),
      restores: await restoresOfDomain(domain.id),
    })
  }

  async store({ account, bouncer, params, request, response }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(BackupPolicy).authorize('restore', domain)
    const wish = await request.validateUsing(chosenRestore)
    const generations = await Backup.usableOf(domain.id)
    const backup = generations.find(({ id }) => id === wish.generation)
    if (!backup) throw new Refusal('backup_is_gone', 'generation')
    const what = wish.what ?? (wish.mailbox && `mailbox:${localPartOf(wish.mailbox, domain)}`)
    if (what && wish.database) throw new Refusal('restore_one_at_a_time', 'mailbox')
    if (!what && !wish.database) throw new Refusal('restore_what_is_missing', 'mailbox')
    if (!what) {
      const qs = { generation: backup.id, database: wish.database }
      return response.redirect().toRoute('backup_restores.create', [domain.id], { qs })
    }
    const restore = await begin(backup, domain, what, { by: account, ip: request.ip() })
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
    if (!mailbox) throw new Refusal('restore_target_is_gone', 'mailbox')
    return BackupRestore.mailbox(backup, domain, name, actor)
  }
  const databases = await databaseNamesOf(domain)
  if (!databases.includes(name)) throw new Refusal('restore_target_is_gone', 'database')
  return BackupRestore.database(backup, domain, name, actor)
}

/** People may type the whole address. */
const localPartOf = (typed: string, { name, unicodeName }: Domain) =>
  [`@${name}`, `@${unicodeName}`].reduce(
    (text, suffix) => (text.endsWith(suffix) ? text.slice(0, -suffix.length) : text),
    typed
  )

/** Bytes now, null when the server does not answer; whether the dump is there. */
async function sizesOf(domain: Domain, backup: Backup, name: string) {
  const whole = `${prefixOf(domain)}${name}`
  const { value } = await databaseSizes(domain.server, domain, [whole])
  const part = backup.partList.find((each) => each.name === `database/${name}`)
  return { now: value?.sizes.get(whole) ?? null, isKept: part?.result === 'done' }
}

/** Without the domain's prefix. */
async function databaseNamesOf(domain: Domain): Promise<string[]> {
  const databases = await databasesOfDomain(domain.id)
  return databases.map(({ name }) => name.slice(prefixOf(domain).length))
}
