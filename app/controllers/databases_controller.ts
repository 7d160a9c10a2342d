import type { HttpContext } from '@adonisjs/core/http'
import { watchedApply } from '#controllers/applies_controller'
import { showPassword } from '#controllers/database_passwords_controller'
import { databasesOf, domainsOf, latestApplyOf } from '#models/account/visible'
import Database from '#models/database'
import DatabaseTransfer from '#models/database_transfer'
import { databaseCharsets, databasesPerDomain } from '#models/database/level'
import {
  countDatabases,
  databasesOfDomain,
  usersOfDatabase,
  usersOfDomain,
} from '#models/database/listing'
import { prefixOf } from '#models/database/name'
import DatabasePolicy from '#policies/database_policy'
import { databaseEdit, newDatabase, wishOf } from '#validators/database'

/** WEB-04: databases of a domain. */
export default class DatabasesController {
  async index(ctx: HttpContext) {
    const { account, bouncer, params, view } = ctx
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DatabasePolicy).authorize('index', domain)
    return view.render('pages/databases/index', {
      domain,
      server: domain.server,
      databases: await databasesOfDomain(domain.id),
      users: await usersOfDomain(domain.id),
      most: databasesPerDomain,
      apply: await watchedApply(ctx),
    })
  }

  async create({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DatabasePolicy).authorize('create', domain)
    return view.render('pages/databases/create', {
      domain,
      server: domain.server,
      prefix: prefixOf(domain),
      charsets: databaseCharsets,
      most: databasesPerDomain,
      isFull: (await countDatabases(domain.id)) >= databasesPerDomain,
      users: await usersOfDomain(domain.id),
    })
  }

  async store(ctx: HttpContext) {
    const { account, bouncer, i18n, params, request, response, session } = ctx
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DatabasePolicy).authorize('create', domain)
    const wish = wishOf(await request.validateUsing(newDatabase))
    const { database, user } = await Database.add(domain, wish, {
      by: account,
      ip: request.ip(),
    })
    if (user) return showPassword(ctx, domain, { ...user, database, said: 'added_with_user' })
    session.flash('success', i18n.t('messages.databases.added', { name: database.name }))
    const qs = { apply: await latestApplyOf(account, domain.serverId) }
    return response.redirect().toRoute('databases.show', [domain.id, database.id], { qs })
  }

  async show(ctx: HttpContext) {
    const { account, bouncer, params, view } = ctx
    const { domain_id: domainId, id } = params
    const database = await databasesOf(account, domainId).where('id', id).firstOrFail()
    const { domain } = database
    await bouncer.with(DatabasePolicy).authorize('show', domain)
    const all = await databasesOfDomain(domain.id)
    return view.render('pages/databases/show', {
      database,
      domain,
      server: domain.server,
      users: await usersOfDatabase(database.id),
      transfers: await DatabaseTransfer.latestOf(database.id),
      others: all.filter((other) => other.id !== database.id),
      apply: await watchedApply(ctx),
    })
  }

  async edit({ account, bouncer, params, view }: HttpContext) {
    const { domain_id: domainId, id } = params
    const database = await databasesOf(account, domainId).where('id', id).firstOrFail()
    const { domain } = database
    await bouncer.with(DatabasePolicy).authorize('edit', domain)
    const page = { database, domain, server: domain.server }
    return view.render('pages/databases/edit', page)
  }

  async update(ctx: HttpContext) {
    const { account, bouncer, i18n, params, request, response, session } = ctx
    const { domain_id: domainId, id } = params
    const database = await databasesOf(account, domainId).where('id', id).firstOrFail()
    await bouncer.with(DatabasePolicy).authorize('edit', database.domain)
    const { description = null } = await request.validateUsing(databaseEdit)
    const actor = { by: account, ip: request.ip() }
    const isChanged = await database.describe(description, actor)
    const said = isChanged ? 'messages.databases.edited' : 'messages.unchanged'
    session.flash('success', i18n.t(said, { name: database.name }))
    return response.redirect().toRoute('databases.show', [domainId, id])
  }
}
