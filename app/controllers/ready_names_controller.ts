import type { HttpContext } from '@adonisjs/core/http'
import { readyLabelLength } from '#config/domains'
import { serversOf } from '#models/account/visible'
import { checkReadyName, isReadyNameTaken } from '#models/domain/ready_name'
import { limitNameQuestions } from '#middleware/name_limits'
import DomainPolicy from '#policies/domain_policy'
import { readyNameQuestion } from '#validators/domain'

/** DOM-02: whether a name is free: a piece of a page while somebody types, a page for everybody else. */
export default class ReadyNamesController {
  async show(ctx: HttpContext) {
    const { account, bouncer, params, request, view } = ctx
    const server = await serversOf(account).where('id', params.server_id).firstOrFail()
    await bouncer.with(DomainPolicy).authorize('create', server)
    await limitNameQuestions(account)
    const { label, suffix } = await readyNameQuestion.validate(request.qs())
    const name = checkReadyName(label ?? '', suffix ?? '')
    const standing = 'problem' in name ? null : (await isReadyNameTaken(name)) ? 'taken' : 'free'
    const page = request.ajax() ? 'partials/ready_name' : 'pages/ready_names/show'
    return view.render(page, { server, name, standing, lengths: readyLabelLength })
  }
}
