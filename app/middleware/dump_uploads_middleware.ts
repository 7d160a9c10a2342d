import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Transform, Writable, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { multipartToDisk } from '#config/bodyparser'
import { mostDumpBytes } from '#config/databases'
import { databasesOf } from '#models/account/visible'
import { dumpPlaces } from '#models/upload_places'

/** With the fields of the form around it; what is more is read on and forgotten. */
const mostRequestBytes = 2 * mostDumpBytes
/** Stays free where files are kept, which may be where the panel's database lies. */
const reserve = 2 ** 30

/**
 * Dumps of databases (WEB-04) are too large for memory: they lie in a file of their own until they are on their way to the
 * server, and never longer than the request. Before shield, whose token is a field of the same form; so whose file it is, and
 * whether there is room for it, is asked here before anything is kept. What is not kept is read and forgotten.
 */
export default class DumpUploadsMiddleware {
  async handle(ctx: HttpContext, next: NextFn) {
    const { request, route } = ctx
    const isDump = route !== undefined && multipartToDisk.includes(route.pattern)
    if (!isDump || request.multipart?.state !== 'idle') return next()
    const giveBack = await placeFor(ctx)
    const path = join(tmpdir(), `tsukasa-dump-${randomUUID()}`)
    try {
      await read(ctx, giveBack ? path : null)
      return await next()
    } finally {
      giveBack?.()
      await rm(path, { force: true })
    }
  }
}

/** What gives it back; null for those who have no such database, and while there are too many files. */
async function placeFor({ auth, params }: HttpContext): Promise<(() => void) | null> {
  const guard = auth.use('customer')
  if (!(await guard.check())) return null
  const { domain_id: domainId, database_id: id } = params
  const account = guard.user!
  if (account.isMailboxUser) return null
  if (!(await databasesOf(account, domainId).where('id', id).first())) return null
  return (await hasRoom()) ? dumpPlaces.take(account.id) : null
}

async function hasRoom() {
  const { bavail, bsize } = await statfs(tmpdir())
  return bavail * bsize > mostDumpBytes + reserve
}

async function read(ctx: HttpContext, path: string | null) {
  ctx.request.multipart.onFile('dump', { deferValidations: true }, async (part) => {
    const counter = new Counter()
    const name = String(part.filename ?? '')
    const to =
      path === null ? new Forgetful() : createWriteStream(path, { flags: 'wx', mode: 0o600 })
    await pipeline(part as unknown as Readable, counter, to)
    const { bytes, isTooLarge } = counter
    if (path !== null && name !== '') ctx.dump = { name, path, bytes, isTooLarge }
  })
  await ctx.request.multipart.process({ limit: mostRequestBytes })
}

/** An answer in the middle of a request is seen by no browser, so the rest is read and let go. */
class Counter extends Transform {
  bytes = 0

  get isTooLarge() {
    return this.bytes > mostDumpBytes
  }

  override _transform(chunk: Buffer, _: string, done: (error: null, chunk?: Buffer) => void) {
    this.bytes += chunk.length
    if (this.isTooLarge) done(null)
    else done(null, chunk)
  }
}

class Forgetful extends Writable {
  override _write(_chunk: Buffer, _: string, done: () => void) {
    done()
  }
}

declare module '@adonisjs/core/http' {
  export interface HttpContext {
    /** Of forms that take a dump; undefined when no file was chosen. */
    dump?: {
      readonly name: string
      readonly path: string
      readonly bytes: number
      readonly isTooLarge: boolean
    }
  }
}
