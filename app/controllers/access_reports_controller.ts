import type { HttpContext } from '@adonisjs/core/http'
import { domainsOf } from '#models/account/visible'
import { refusalFor } from '#monitoring/questions'
import { accessReportOf, beginReport } from '#monitoring/web_logs/report'
import DomainPolicy from '#policies/domain_policy'

/** ALOG-02: who visited a domain's site, as Webalizer tells it. Scripts ask for how far a new report is. */
export default class AccessReportsController {
  async show({ account, bouncer, params, request, view }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('seeLogs', domain)
    const report = await accessReportOf(domain)
    const page = request.ajax() ? 'partials/access_report_state' : 'pages/access_reports/show'
    const { server } = domain
    const month = report.value?.months.find((each) => each === request.qs().month) ?? null
    return view.render(page, { domain, server, report, month })
  }

  async store({ account, bouncer, params, request, response }: HttpContext) {
    const domain = await domainsOf(account).where('id', params.domain_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('seeLogs', domain)
    const { problem } = await beginReport(domain, { by: account, ip: request.ip() })
    if (problem) throw refusalFor(problem)
    return response.redirect().toRoute('access_reports.show', [domain.id])
  }
}
