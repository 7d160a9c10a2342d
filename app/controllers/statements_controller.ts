import type { HttpContext } from '@adonisjs/core/http'
import { statementsOf } from '#models/account/visible'
import { storedLines } from '#models/statement/listing'
import { outlookOf } from '#models/statement/outlook'
import StatementPolicy from '#policies/statement_policy'

/** PNL-13, ORD-07: 利用料金明細 of six months, and what this one will come to. */
export default class StatementsController {
  async index({ account, bouncer, view }: HttpContext) {
    await bouncer.with(StatementPolicy).authorize('index')
    const [statements, outlook] = await Promise.all([
      statementsOf(account),
      outlookOf(account.contractId),
    ])
    return view.render('pages/statements/index', { statements, outlook })
  }

  async show({ account, bouncer, params, view }: HttpContext) {
    const statement = await statementsOf(account).where('id', params.id).firstOrFail()
    await bouncer.with(StatementPolicy).authorize('show', statement)
    return view.render('pages/statements/show', {
      statement,
      lines: await storedLines(statement.id),
    })
  }
}
