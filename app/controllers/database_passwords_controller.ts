import type { HttpContext } from '@adonisjs/core/http'
import encryption from '@adonisjs/core/services/encryption'
import { watchedApply } from '#controllers/applies_controller'
import { databaseUsersOf, latestApplyOf } from '#models/account/visible'
import type Database from '#models/database'
import type DatabaseUser from '#models/database_user'
import type Domain from '#models/domain'
import DatabasePolicy from '#policies/database_policy'

/** WEB-04: a new password for a user of databases, shown for some minutes to whoever had it made. */
export default class DatabasePasswordsController {
  async create({ account, bouncer, params, view }: HttpContext) {
    const { domain_id: domainId, database_user_id: id } = params
    const user = await databaseUsersOf(account, domainId).where('id', id).firstOrFail()
    await bouncer.with(DatabasePolicy).authorize('edit', user.domain)
    const page = { user, domain: user.domain, server: user.domain.server }
    return view.render('pages/database_passwords/create', page)
  }

  async store(ctx: HttpContext) {
    const { account, bouncer, params, request } = ctx
    const { domain_id: domainId, database_user_id: id } = params
    const user = await databaseUsersOf(account, domainId).where('id', id).firstOrFail()
    const { domain } = user
    await bouncer.with(DatabasePolicy).authorize('edit', domain)
    const password = await user.renewPassword({ by: account, ip: request.ip() })
    return showPassword(ctx, domain, { user, password, database: null, said: 'renewed' })
  }

  /** May be loaded again, and says afterwards where to get another one. */
  async show(ctx: HttpContext) {
    const { account, bouncer, i18n, params, response, session, view } = ctx
    const { domain_id: domainId, database_user_id: id } = params
    const user = await databaseUsersOf(account, domainId).where('id', id).firstOrFail()
    const { domain } = user
    await bouncer.with(DatabasePolicy).authorize('edit', domain)
    const made = readPassword(session.get(kept), user)
    if (!made) {
      session.flash('warning', i18n.t('messages.databases.password_is_gone', { name: user.name }))
      return response.redirect().toRoute('databases.index', [domain.id])
    }
    const apply = await watchedApply(ctx)
    const page = { ...made, user, domain, server: domain.server, apply }
    return view.render('pages/database_passwords/show', page)
  }
}

interface MadePassword {
  readonly user: DatabaseUser
  readonly password: string
  readonly database: Database | null
  /** What was done, of `messages.databases`. */
  readonly said: 'added_with_user' | 'user_added' | 'renewed'
}

const kept = 'database_password'
const lifetime = '10 minutes'

/**
 * To a page of its own, so that loading it again sends no form. Until then the password is in this browser's session,
 * encrypted; rows hold only its hash.
 */
export async function showPassword(
  { account, response, session }: HttpContext,
  { id, serverId }: Domain,
  { user, password, database, said }: MadePassword
) {
  const shown = { password, database: database && { id: database.id, name: database.name }, said }
  const sealed = encryption.encrypt(shown, { expiresIn: lifetime, purpose: purposeOf(user) })
  session.put(kept, sealed)
  const qs = { apply: await latestApplyOf(account, serverId) }
  return response.redirect().toRoute('database_passwords.show', [id, user.id], { qs })
}

function readPassword(sealed: unknown, user: DatabaseUser) {
  type Shown = Pick<MadePassword, 'password' | 'said'> & {
    readonly database: Pick<Database, 'id' | 'name'> | null
  }
  return typeof sealed === 'string' ? encryption.decrypt<Shown>(sealed, purposeOf(user)) : null
}

const purposeOf = ({ id }: DatabaseUser) => `${kept} ${id}`
