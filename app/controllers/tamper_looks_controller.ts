import type { HttpContext } from '@adonisjs/core/http'
import { domainsOf } from '#models/account/visible'
import TamperLook from '#models/tamper_look'
import { looksOf, stagingSince } from '#models/tamper_look/listing'
import { progressOfLook } from '#models/tamper_look/progress'
import TamperWatch from '#models/tamper_watch'
import TamperPolicy from '#policies/tamper_policy'
import { readList } from '#validators/list'

/** WEB-07: looks at a domain's files, and what they found. */
export default class TamperLooksController {
  async index({ account, bouncer, params, request, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(TamperPolicy).authorize('show', domain)
    const list = await readList(request.qs(), [''])
    const page = await looksOf(domain.id, list.page)
    const { server } = domain
    return view.render('pages/tamper_looks/index', { domain, server, list, page, looks: page.rows })
  }

  async show({ account, bouncer, params, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(TamperPolicy).authorize('show', domain)
    const look = await TamperLook.query()
      .where({ id: params.look_id, domainId: domain.id })
      .firstOrFail()
    const watch = await TamperWatch.of(domain)
    const newest = await TamperLook.newestKept(domain.id)
    return view.render('pages/tamper_looks/show', {
      domain,
      server: domain.server,
      look,
      watch,
      report: look.findings,
      staged: look.isOver ? await stagingSince(look) : [],
      isAcceptable: newest?.id === look.id && watch.baselineLookId !== look.id,
      progress: await progressOfLook(look.id),
    })
  }

  async store({ account, bouncer, params, request, response }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(TamperPolicy).authorize('change', domain)
    const look = await TamperLook.start(domain, 'hand', { by: account, ip: request.ip() })
    return response.redirect().toRoute('tamper_looks.show', [domain.id, look.id])
  }
}
