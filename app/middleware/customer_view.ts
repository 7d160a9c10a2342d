import type { HttpContext } from '@adonisjs/core/http'
import { Refusal } from '#exceptions/refusals'
import { fitsSession } from '#middleware/session_stamp'
import { isElsewhere } from '#middleware/staff_sources'
import CustomerView from '#models/customer_view'

export const viewKey = 'customer_view'

/**
 * What staff never see of a customer: what people write to each other, and with whom (日本国憲法21条、電気通信事業法4条:
 * 通信の秘密), and secrets that are shown to whoever had them made.
 */
export const withheld = [
  '/mailboxes/:mailbox_id/junk_mails',
  '/mailboxes/:mailbox_id/mail_searches',
  '/domains/:domain_id/mail_searches',
  '/mailing_lists/:mailing_list_id/waiting_posts',
  '/mailing_lists/:mailing_list_id/archived_posts',
  '/domains/:domain_id/web/databases/:database_id/dump',
  '/domains/:domain_id/web/database_users/:database_user_id/password',
]

/** That the member of staff of this session has open; null where nobody looks as somebody else, `over` to whom it ended. */
export async function openViewOf(ctx: HttpContext): Promise<CustomerView | 'over' | null> {
  const id: unknown = ctx.session.get(viewKey)
  // PNL-07: from where staff may not work, they don't look either
  if (typeof id !== 'number' || isElsewhere(ctx)) return null
  const guard = ctx.auth.use('staff')
  const isStaff = (await guard.check()) && fitsSession(ctx, 'staff', guard.user!)
  const view = isStaff ? await CustomerView.open(id, guard.user!.id) : null
  if (view?.account) return view
  ctx.session.forget(viewKey)
  return isStaff ? 'over' : null
}

/** Only to look, and not at everything; what was looked at is written down before it is shown. */
export async function watchView(ctx: HttpContext, view: CustomerView): Promise<boolean> {
  const { auth, request, route } = ctx
  if (!['GET', 'HEAD'].includes(request.method())) throw new Refusal('view_is_read_only')
  await view.recordLook(request.url(), auth.use('staff').user!, request.ip())
  return !withheld.some((each) => `${route?.pattern}/`.startsWith(`${each}/`))
}

declare module '@adonisjs/core/http' {
  export interface HttpContext {
    /** Behind the customers' door: staff look at what this account sees (OPS-07). */
    customerView?: CustomerView
  }
}
