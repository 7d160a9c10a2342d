import type { HttpContext } from '@adonisjs/core/http'
import { mostDumpBytes } from '#config/databases'
import { Refusal } from '#exceptions/refusals'
import { databasesOf } from '#models/account/visible'
import DatabaseTransfer from '#models/database_transfer'
import { sendDump } from '#monitoring/databases/transfers'
import DatabasePolicy from '#policies/database_policy'
import { newDatabaseImport } from '#validators/database'

/** WEB-04: a dump into a database. */
export default class DatabaseImportsController {
  async create({ account, bouncer, params, view }: HttpContext) {
    const { domain_id: domainId, database_id: id } = params
    const database = await databasesOf(account, domainId).where('id', id).firstOrFail()
    const { domain } = database
    await bouncer.with(DatabasePolicy).authorize('import', domain)
    const mostMb = mostDumpBytes / 2 ** 20
    const page = { database, domain, server: domain.server, mostMb }
    return view.render('pages/database_imports/create', page)
  }

  async store(ctx: HttpContext) {
    const { account, bouncer, dump, params, request } = ctx
    const { domain_id: domainId, database_id: id } = params
    const database = await databasesOf(account, domainId).where('id', id).firstOrFail()
    const { domain } = database
    await bouncer.with(DatabasePolicy).authorize('import', domain)
    if (!dump) throw new Refusal('dump_is_missing', 'dump')
    if (dump.isTooLarge)
      throw new Refusal('dump_is_too_large', 'dump', { max: mostDumpBytes / 2 ** 20 })
    if (dump.bytes === 0) throw new Refusal('dump_is_empty', 'dump')
    const { dump_charset: charset } = await request.validateUsing(newDatabaseImport)
    const wish = { fileName: dump.name, bytes: dump.bytes, charset }
    const actor = { by: account, ip: request.ip() }
    const { taskId } = await DatabaseTransfer.import(database, wish, actor, (transferId) =>
      sendDump(domain.server, transferId, dump.path, mostDumpBytes)
    )
    return showTransfer(ctx, database, taskId)
  }
}

/** Where it is watched, and where what came of it stays. */
export function showTransfer(
  { i18n, response, session }: HttpContext,
  database: { readonly id: number; readonly domainId: number; readonly name: string },
  taskId: number | null
) {
  session.flash('success', i18n.t('messages.databases.transfer_begun', { name: database.name }))
  const qs = { apply: taskId }
  return response.redirect().toRoute('databases.show', [database.domainId, database.id], { qs })
}
