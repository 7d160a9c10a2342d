import type { HttpContext } from '@adonisjs/core/http'
import { DateTime } from 'luxon'
import { databasesOf } from '#models/account/visible'
import { recordDump } from '#models/database/dump'
import { openDump } from '#monitoring/databases/transfers'
import DatabasePolicy from '#policies/database_policy'

/** WEB-04: a database as .sql.gz, passed on as it comes. */
export default class DatabaseDumpsController {
  async show({ account, bouncer, params, request, response }: HttpContext) {
    const { domain_id: domainId, database_id: id } = params
    const database = await databasesOf(account, domainId).where('id', id).firstOrFail()
    await bouncer.with(DatabasePolicy).authorize('export', database.domain)
    const dump = await recordDump(database, { by: account, ip: request.ip() }, () =>
      openDump(database.domain.server, database.name)
    )
    const day = DateTime.now().setZone('Asia/Tokyo').toFormat('yyyyMMdd-HHmm')
    const name = `${database.name}-${day}.sql.gz`
    response.header('Content-Type', 'application/gzip')
    response.header('Content-Disposition', `attachment; filename="${name}"`)
    response.header('Cache-Control', 'no-store')
    return response.stream(dump)
  }
}
