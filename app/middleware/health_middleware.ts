import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import db from '@adonisjs/lucid/services/db'

/** Answers monitors without a session, or each of their calls would leave a row behind. */
export default class HealthMiddleware {
  async handle({ request, response, logger }: HttpContext, next: NextFn) {
    if (request.url() !== '/health' || !['GET', 'HEAD'].includes(request.method())) return next()

    response.header('Cache-Control', 'no-store')
    try {
      await db.rawQuery('select 1')
      return response.ok({ ok: true, database: db.primaryConnectionName })
    } catch (error) {
      logger.error({ err: error }, 'the database does not answer')
      return response.serviceUnavailable({ ok: false, database: db.primaryConnectionName })
    }
  }
}
