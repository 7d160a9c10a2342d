import type { HttpContext } from '@adonisjs/core/http'
import { showTransfer } from '#controllers/database_imports_controller'
import { databasesOf } from '#models/account/visible'
import DatabaseTransfer from '#models/database_transfer'
import { databasesOfDomain } from '#models/database/listing'
import DatabasePolicy from '#policies/database_policy'
import { newDatabaseCopy } from '#validators/database'

/** WEB-04: all tables of another database of the domain into this one. */
export default class DatabaseCopiesController {
  async create({ account, bouncer, params, view }: HttpContext) {
    const { domain_id: domainId, database_id: id } = params
    const database = await databasesOf(account, domainId).where('id', id).firstOrFail()
    const { domain } = database
    await bouncer.with(DatabasePolicy).authorize('import', domain)
    const all = await databasesOfDomain(domain.id)
    const others = all.filter((other) => other.id !== database.id)
    const page = { database, domain, server: domain.server, others }
    return view.render('pages/database_copies/create', page)
  }

  async store(ctx: HttpContext) {
    const { account, bouncer, params, request } = ctx
    const { domain_id: domainId, database_id: id } = params
    const database = await databasesOf(account, domainId).where('id', id).firstOrFail()
    await bouncer.with(DatabasePolicy).authorize('import', database.domain)
    const { copy_source: sourceId } = await request.validateUsing(newDatabaseCopy)
    const source = await databasesOf(account, domainId).where('id', sourceId).firstOrFail()
    const actor = { by: account, ip: request.ip() }
    const { taskId } = await DatabaseTransfer.copy(source, database, actor)
    return showTransfer(ctx, database, taskId)
  }
}
