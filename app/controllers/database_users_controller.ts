import type { HttpContext } from '@adonisjs/core/http'
import { showPassword } from '#controllers/database_passwords_controller'
import { databaseUsersOf, domainsOf, latestApplyOf } from '#models/account/visible'
import DatabaseUser, { rightsOfUsers } from '#models/database_user'
import { databasesOfDomain } from '#models/database/listing'
import { prefixOf } from '#models/database/name'
import DatabasePolicy from '#policies/database_policy'
import { databaseUserEdit, newDatabaseUser, rightsOf } from '#validators/database'

/** WEB-04: who signs in to databases of a domain, and what they may. */
export default class DatabaseUsersController {
  async create({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DatabasePolicy).authorize('create', domain)
    const databases = await databasesOfDomain(domain.id)
    const page = { domain, server: domain.server, databases, prefix: prefixOf(domain) }
    return view.render('pages/database_users/create', page)
  }

  async store(ctx: HttpContext) {
    const { account, bouncer, params, request } = ctx
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DatabasePolicy).authorize('create', domain)
    const input = await request.validateUsing(newDatabaseUser)
    const wish = { name: input.database_user_name, rights: rightsOf(input) }
    const made = await DatabaseUser.add(domain, wish, { by: account, ip: request.ip() })
    return showPassword(ctx, domain, { ...made, database: null, said: 'user_added' })
  }

  async edit({ account, bouncer, params, view }: HttpContext) {
    const { domain_id: domainId, id } = params
    const user = await databaseUsersOf(account, domainId).where('id', id).firstOrFail()
    const { domain } = user
    await bouncer.with(DatabasePolicy).authorize('edit', domain)
    const databases = await databasesOfDomain(domain.id)
    const all = await rightsOfUsers([user.id])
    const rights = all.get(user.id) ?? new Map()
    const page = { user, domain, server: domain.server, databases, rights }
    return view.render('pages/database_users/edit', page)
  }

  async update({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const { domain_id: domainId, id } = params
    const user = await databaseUsersOf(account, domainId).where('id', id).firstOrFail()
    const { domain } = user
    await bouncer.with(DatabasePolicy).authorize('edit', domain)
    const rights = rightsOf(await request.validateUsing(databaseUserEdit))
    const isChanged = await user.setRights(rights, { by: account, ip: request.ip() })
    const said = isChanged ? 'messages.databases.user_edited' : 'messages.unchanged'
    session.flash('success', i18n.t(said, { name: user.name }))
    const qs = isChanged ? { apply: await latestApplyOf(account, domain.serverId) } : {}
    return response.redirect().toRoute('databases.index', [domain.id], { qs })
  }
}
