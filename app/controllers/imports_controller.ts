import type { HttpContext } from '@adonisjs/core/http'
import db from '@adonisjs/lucid/services/db'
import { Refusal } from '#exceptions/refusals'
import { domainsOf, importsOf } from '#models/account/visible'
import Import from '#models/import'
import { shownChange } from '#models/import/preview'
import { progressOfImport } from '#models/import/progress'
import { mostUploadBytes } from '#models/import/upload'
import { pageOf, rowsPerPage } from '#models/page'
import { partsOf } from '#models/sheet/download'
import { sheetNamed, sheets } from '#models/sheet/index'
import { wordsOf } from '#models/sheet/problem'
import { say } from '#models/sheet/words'
import { titleOf } from '#models/sheet/column'
import ImportPolicy from '#policies/import_policy'
import { readList } from '#validators/list'

/** What a page shows of long lists. */
const shown = { mistakes: 50, names: 100 }

/** Columns of the list; what is wrong with a file may be some megabytes. */
const listed = [
  ...['id', 'sheet', 'file_name', 'state', 'uploaded_by', 'created_at', 'mistake_count'],
  ...['added', 'changed', 'removed', 'passwords', 'hashes', 'hashing_seen_at'],
]

/** USR-01 … USR-07: many users at once, out of a CSV file. */
export default class ImportsController {
  async index({ account, bouncer, params, request, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(ImportPolicy).authorize('index', domain)
    const list = await readList(request.qs(), [''])
    const past = Import.query().where('domain_id', domain.id).orderBy('id', 'desc')
    return view.render('pages/imports/index', {
      domain,
      server: domain.server,
      sheets,
      list,
      say,
      imports: await pageOf<Import>(past.select(listed), list.page),
    })
  }

  async create({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(ImportPolicy).authorize('create', domain)
    const sheet = sheetNamed(params.sheet)!
    const parts = await db.transaction((client) => partsOf(sheet, { domain, client }))
    return view.render('pages/imports/create', {
      domain,
      server: domain.server,
      sheet,
      parts,
      say,
      titleOf,
    })
  }

  async store({ account, bouncer, params, request, response, upload }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(ImportPolicy).authorize('create', domain)
    if (!upload) throw new Refusal('file_is_missing', 'file')
    if (upload.isTooMany) throw new Refusal('too_many_uploads', 'file')
    if (!/\.csv$/i.test(upload.name)) throw new Refusal('file_is_no_csv', 'file')
    if (upload.isTooLarge) {
      throw new Refusal('file_is_too_large', 'file', { max: mostUploadBytes / 2 ** 20 })
    }
    const actor = { by: account, ip: request.ip() }
    const { id } = await Import.check(domain, sheetNamed(params.sheet)!, upload, actor)
    return response.redirect().toRoute('imports.show', [id])
  }

  async show({ account, bouncer, params, request, view }: HttpContext) {
    const found = await importsOf(account).where('id', params.id).firstOrFail()
    await bouncer.with(ImportPolicy).authorize('show', found)
    const { domain, kind: sheet, problems } = found
    const list = await readList(request.qs(), [''])
    const changes = await found.changesOn(
      list.page,
      found.state === 'checked' ? rowsPerPage : shown.names
    )
    return view.render('pages/imports/show', {
      upload: found,
      domain,
      server: domain.server,
      sheet,
      say,
      list,
      changes: { ...changes, rows: changes.rows.map((change) => shownChange(sheet, change)) },
      forwarders: await found.forwardersToRemoved(account),
      mistakes: problems.slice(0, shown.mistakes),
      problemWords: wordsOf,
      progress: found.state === 'checked' ? null : await progressOfImport(found.id),
    })
  }
}
