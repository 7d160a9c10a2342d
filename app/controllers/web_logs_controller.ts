import type { HttpContext } from '@adonisjs/core/http'
import { Exception } from '@adonisjs/core/exceptions'
import { watchedApply } from '#controllers/applies_controller'
import { domainsOf } from '#models/account/visible'
import { refusalFor } from '#monitoring/questions'
import { downloadOf } from '#monitoring/web_logs/download'
import { webLogFilesOf } from '#monitoring/web_logs/files'
import DomainPolicy from '#policies/domain_policy'
import { readWebLog } from '#validators/web_log'

/** ALOG-01: files of a domain's logs, to look at and to take away. */
export default class WebLogsController {
  async index(ctx: HttpContext) {
    const { account, bouncer, params, request, view } = ctx
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('seeLogs', domain)
    const log = await readWebLog(request.qs())
    const files = await webLogFilesOf(domain)
    const apply = await watchedApply(ctx)
    const { server } = domain
    return view.render('pages/web_logs/index', { domain, server, log, files, apply })
  }

  async show({ account, bouncer, params, response }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('seeLogs', domain)
    const { value: files, problem } = await webLogFilesOf(domain)
    if (problem) throw refusalFor(problem)
    const file = files!.find(({ name }) => name === params.file)
    if (!file) throw new Exception('no such log', { status: 404 })
    const content = await downloadOf(domain, file)
    const type = file.name.endsWith('.gz') ? 'application/gzip' : 'text/plain; charset=utf-8'
    response.header('Content-Type', type)
    response.header('Content-Length', String(file.bytes))
    response.header('Content-Disposition', `attachment; filename="${domain.name}-${file.name}"`)
    return response.stream(content)
  }
}
