import type { HttpContext } from '@adonisjs/core/http'
import { domainsOf } from '#models/account/visible'
import { tailOf } from '#monitoring/web_logs/tail'
import DomainPolicy from '#policies/domain_policy'
import { readLogPosition, readWebLog } from '#validators/web_log'

/** ALOG-01: how a log ends. Scripts ask every few seconds for what was added since. */
export default class LogTailsController {
  async show({ account, bouncer, params, request, response, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('seeLogs', domain)
    const log = await readWebLog(request.qs())
    if (request.ajax()) {
      const tail = await tailOf(domain, log, await readLogPosition(request.qs()))
      return response.json(tail)
    }
    const tail = await tailOf(domain, log, null)
    return view.render('pages/log_tails/show', { domain, server: domain.server, log, tail })
  }
}
