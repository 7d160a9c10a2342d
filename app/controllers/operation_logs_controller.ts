import type { HttpContext } from '@adonisjs/core/http'
import { operationLogRows, resultOf } from '#models/operation_log/listing'
import AccountPolicy from '#policies/account_policy'
import { readList } from '#validators/list'

/** PNL-08. */
export default class OperationLogsController {
  async index({ account, bouncer, request, view }: HttpContext) {
    await bouncer.with(AccountPolicy).authorize('readOperationLog')
    const list = await readList(request.qs(), ['-id'])
    const logs = await operationLogRows(account, list.page)
    return view.render('pages/operation_logs/index', { list, logs, resultOf })
  }
}
