import { cookiesNeedHttps } from '#config/app'
import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'

/** What shield does not send; on every answer, also files and 404s. */
export default class ResponseHeadersMiddleware {
  handle({ response }: HttpContext, next: NextFn) {
    response.header('Referrer-Policy', 'same-origin')
    response.header('Permissions-Policy', 'camera=(), geolocation=(), microphone=(), payment=()')
    // Browsers complain about it on plain HTTP
    if (cookiesNeedHttps) response.header('Cross-Origin-Opener-Policy', 'same-origin')
    response.header('X-Content-Type-Options', 'nosniff')
    return next()
  }
}
