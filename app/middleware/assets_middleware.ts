import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { assets } from '#start/assets'

/**
 * `/assets/<hash>/css/app.css`: the hash names all files together, so that modules find each other
 * by relative imports and browsers may keep every file for good.
 */
export default class AssetsMiddleware {
  handle({ request, response }: HttpContext, next: NextFn) {
    const [, path] = /^\/assets\/[0-9a-f]{12}\/([a-z0-9_/.-]+)$/.exec(request.url()) ?? []
    const file = path && assets.current().files.get(path)
    if (!file || !['GET', 'HEAD'].includes(request.method())) return next()

    response.header('Content-Type', file.type)
    response.header('Cache-Control', 'public, max-age=31536000, immutable')
    return response.send(file.content)
  }
}
