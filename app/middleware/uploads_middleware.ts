import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { multipartByHand } from '#config/bodyparser'
import { uploadPlaces } from '#models/upload_places'
import { mostUploadBytes, type Upload } from '#models/import/upload'

/** With the fields of the form around it. */
const mostRequestBytes = 2 * mostUploadBytes

/**
 * Files that nothing may be left of (USR-06: they hold passwords) are taken from the network into
 * memory; the usual way would write them to a temporary folder. Before shield, whose token is a field
 * of the same form. Of somebody who isn't signed in nothing is kept, and of the others only some files
 * at once: they could fill the memory.
 */
export default class UploadsMiddleware {
  async handle(ctx: HttpContext, next: NextFn) {
    const { request, route } = ctx
    const isByHand = route !== undefined && multipartByHand.includes(route.pattern)
    if (!isByHand || request.multipart?.state !== 'idle') return next()
    const giveBack = await placeFor(ctx)
    try {
      await readUpload(ctx, giveBack !== null)
      return await next()
    } finally {
      giveBack?.()
    }
  }
}

/** Until the file is checked. */
async function placeFor({ auth }: HttpContext) {
  const guard = auth.use('customer')
  return (await guard.check()) ? uploadPlaces.take(guard.user!.id) : null
}

async function readUpload(ctx: HttpContext, isKept: boolean) {
  const chunks: Buffer[] = []
  let size = 0
  ctx.request.multipart.onFile('file', { deferValidations: true }, async (part) => {
    part.on('data', (chunk: Buffer) => {
      size += chunk.length
      // What is too much is read on and forgotten: an answer in the middle of a request is seen by no browser.
      if (isKept && size <= mostUploadBytes) chunks.push(chunk)
      else chunks.length = 0
    })
    await new Promise((resolve, reject) => part.on('end', resolve).on('error', reject))
    const name = String(part.filename ?? '')
    const isTooLarge = size > mostUploadBytes
    if (name !== '')
      ctx.upload = { name, bytes: Buffer.concat(chunks), isTooLarge, isTooMany: !isKept }
  })
  await ctx.request.multipart.process({ limit: mostRequestBytes })
}

declare module '@adonisjs/core/http' {
  export interface HttpContext {
    /** Of routes whose files are read into memory; undefined when no file was chosen. */
    upload?: Upload & { readonly isTooLarge: boolean; readonly isTooMany: boolean }
  }
}
