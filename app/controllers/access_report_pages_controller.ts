import type { HttpContext } from '@adonisjs/core/http'
import { Exception } from '@adonisjs/core/exceptions'
import { domainsOf } from '#models/account/visible'
import { refusalFor } from '#monitoring/questions'
import { reportPageOf } from '#monitoring/web_logs/report'
import DomainPolicy from '#policies/domain_policy'

/** Pictures are in the page; nothing else is loaded, nothing runs, and no link leads anywhere. */
const policy = [
  `default-src 'none'`,
  'img-src data:',
  `style-src 'unsafe-inline'`,
  `base-uri 'none'`,
  `form-action 'none'`,
  `frame-ancestors 'self'`,
  'sandbox',
].join('; ')

/** ALOG-02: a page of a report, in a frame: what visitors wrote is in it. */
export default class AccessReportPagesController {
  async show({ account, bouncer, params, response }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('seeLogs', domain)
    const { value: html, problem } = await reportPageOf(domain, params.page)
    if (problem) throw refusalFor(problem)
    if (!html) throw new Exception('no such page', { status: 404 })
    response.header('Content-Security-Policy', policy)
    response.header('X-Frame-Options', 'SAMEORIGIN')
    response.header('Referrer-Policy', 'no-referrer')
    response.header('Content-Type', 'text/html; charset=utf-8')
    return response.send(html)
  }
}
