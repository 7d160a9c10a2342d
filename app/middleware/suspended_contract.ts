import type { HttpContext } from '@adonisjs/core/http'
import { Refusal } from '#exceptions/refusals'

/** OPS-07: what a contractor does nevertheless: he leaves, asks, says who he is and how he pays. */
const permitted = [
  'POST /sign_out',
  'PUT /password',
  'POST /inquiries',
  'PUT /contract/profile',
  'POST /contract/payment',
  'DELETE /contract/payment',
]

export function refuseChanges({ request, route }: HttpContext) {
  const method = request.method()
  if (['GET', 'HEAD'].includes(method)) return
  if (!permitted.includes(`${method} ${route?.pattern}`)) throw new Refusal('contract_is_suspended')
}
