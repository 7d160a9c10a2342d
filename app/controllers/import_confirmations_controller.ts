import type { HttpContext } from '@adonisjs/core/http'
import { importsOf } from '#models/account/visible'
import ImportPolicy from '#policies/import_policy'

/** USR-06: what was shown is carried out. */
export default class ImportConfirmationsController {
  async store({ account, bouncer, i18n, params, request, response, session }: HttpContext) {
    const found = await importsOf(account).where('id', params.import_id).firstOrFail()
    await bouncer.with(ImportPolicy).authorize('confirm', found)
    await found.confirm({ by: account, ip: request.ip() })
    session.flash('success', i18n.t('messages.imports.started'))
    return response.redirect().toRoute('imports.show', [found.id])
  }
}
