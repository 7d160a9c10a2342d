import type { HttpContext } from '@adonisjs/core/http'
import { databasesOf, latestApplyOf } from '#models/account/visible'
import { usersOfDatabase } from '#models/database/listing'
import { databaseSizes } from '#monitoring/databases/sizes'
import DatabasePolicy from '#policies/database_policy'

/** WEB-04: with all in it, for good. */
export default class DatabaseDeletionsController {
  async create({ account, bouncer, params, view }: HttpContext) {
    const { domain_id: domainId, database_id: id } = params
    const database = await databasesOf(account, domainId).where('id', id).firstOrFail()
    const { domain } = database
    await bouncer.with(DatabasePolicy).authorize('destroy', domain)
    const { value } = await databaseSizes(domain.server, domain, [database.name])
    const users = await usersOfDatabase(database.id)
    const page = { database, domain, server: domain.server, size: value?.total ?? null, users }
    return view.render('pages/database_deletions/create', page)
  }

  async store({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const { domain_id: domainId, database_id: id } = params
    const database = await databasesOf(account, domainId).where('id', id).firstOrFail()
    const { domain, name } = database
    await bouncer.with(DatabasePolicy).authorize('destroy', domain)
    await database.remove({ by: account, ip: request.ip() })
    session.flash('success', i18n.t('messages.databases.removed', { name }))
    const apply = await latestApplyOf(account, domain.serverId)
    return response.redirect().toRoute('databases.index', [domain.id], { qs: { apply } })
  }
}
