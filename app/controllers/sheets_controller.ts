import { Readable } from 'node:stream'
import type { HttpContext } from '@adonisjs/core/http'
import db from '@adonisjs/lucid/services/db'
import { Refusal } from '#exceptions/refusals'
import { domainsOf } from '#models/account/visible'
import { presentState } from '#models/sheet/download'
import { encode, type Encoding } from '#models/sheet/encoding'
import { sheetNamed } from '#models/sheet/index'
import { say } from '#models/sheet/words'
import ImportPolicy from '#policies/import_policy'
import { sheetDownload } from '#validators/sheet'

/** USR-02: what is there now, as a file that can be uploaded again. */
export default class SheetsController {
  async show(ctx: HttpContext) {
    const { account, bouncer, params, request } = ctx
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(ImportPolicy).authorize('download', domain)
    const sheet = sheetNamed(params.sheet)!
    const [error, wish] = await sheetDownload.tryValidate(request.qs())
    const { part = 1, encoding = 'utf-8' } = error ? {} : wish
    const text = await db.transaction((client) => presentState(sheet, { domain, client }, part))
    const ending = part > 1 ? `_${part}` : ''
    return sendCsv(ctx, `${say(`files.${sheet.name}`)}_${domain.name}${ending}.csv`, text, encoding)
  }
}

/** Windows reads the byte order mark, everybody else the header. */
export function sendCsv(
  ctx: HttpContext,
  name: string,
  text: string,
  encoding: Encoding = 'utf-8'
) {
  const bytes = encode(text, encoding)
  if (!bytes) throw new Refusal('encoding_lacks_characters')
  callCsv(ctx, name, encoding === 'cp932' ? 'Shift_JIS' : 'utf-8')
  return ctx.response.send(bytes)
}

/** What is too much to be held in memory whole. */
export function streamCsv(ctx: HttpContext, name: string, parts: AsyncIterable<string>) {
  callCsv(ctx, name, 'utf-8')
  return ctx.response.stream(Readable.from(withMark(parts), { objectMode: false }))
}

async function* withMark(parts: AsyncIterable<string>) {
  yield Buffer.from('\ufeff')
  for await (const part of parts) yield Buffer.from(part)
}

function callCsv({ response }: HttpContext, name: string, charset: string) {
  response.header('Content-Type', `text/csv; charset=${charset}`)
  response.header(
    'Content-Disposition',
    `attachment; filename="tsukasa.csv"; filename*=UTF-8''${encodeURIComponent(name)}`
  )
}
