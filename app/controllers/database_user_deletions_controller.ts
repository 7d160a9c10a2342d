import type { HttpContext } from '@adonisjs/core/http'
import { databaseUsersOf, latestApplyOf } from '#models/account/visible'
import DatabasePolicy from '#policies/database_policy'

/** WEB-04: programs that sign in as this user do so no more. */
export default class DatabaseUserDeletionsController {
  async create({ account, bouncer, params, view }: HttpContext) {
    const { domain_id: domainId, database_user_id: id } = params
    const user = await databaseUsersOf(account, domainId).where('id', id).firstOrFail()
    await bouncer.with(DatabasePolicy).authorize('destroy', user.domain)
    const page = { user, domain: user.domain, server: user.domain.server }
    return view.render('pages/database_user_deletions/create', page)
  }

  async store({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const { domain_id: domainId, database_user_id: id } = params
    const user = await databaseUsersOf(account, domainId).where('id', id).firstOrFail()
    const { domain, name } = user
    await bouncer.with(DatabasePolicy).authorize('destroy', domain)
    await user.remove({ by: account, ip: request.ip() })
    session.flash('success', i18n.t('messages.databases.user_removed', { name }))
    const apply = await latestApplyOf(account, domain.serverId)
    return response.redirect().toRoute('databases.index', [domain.id], { qs: { apply } })
  }
}
