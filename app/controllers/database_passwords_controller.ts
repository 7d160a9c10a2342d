import type { HttpContext } from '@adonisjs/core/http'
import { applyJustAsked } from '#controllers/applies_controller'
import { databaseUsersOf } from '#models/account/visible'
import DatabasePolicy from '#policies/database_policy'

/** WEB-04: a new password for a user of databases, shown once. */
export default class DatabasePasswordsController {
  async create({ account, bouncer, params, view }: HttpContext) {
    const { domain_id: domainId, database_user_id: id } = params
    const user = await databaseUsersOf(account, domainId).where('id', id).firstOrFail()
    await bouncer.with(DatabasePolicy).authorize('edit', user.domain)
    const page = { user, domain: user.domain, server: user.domain.server }
    return view.render('pages/database_passwords/create', page)
  }

  async store({ account, bouncer, params, request, view }: HttpContext) {
    const { domain_id: domainId, database_user_id: id } = params
    const user = await databaseUsersOf(account, domainId).where('id', id).firstOrFail()
    const { domain } = user
    await bouncer.with(DatabasePolicy).authorize('edit', domain)
    const password = await user.renewPassword({ by: account, ip: request.ip() })
    const apply = await applyJustAsked(account, domain.serverId)
    const shown = { user, password, database: null, title: 'パスワードを変更しました' }
    const page = { domain, server: domain.server, apply, ...shown }
    return view.render('pages/database_passwords/show', page)
  }
}
