import app from '@adonisjs/core/services/app'
import { type HttpContext, ExceptionHandler } from '@adonisjs/core/http'
import type { HttpError, StatusPageRange, StatusPageRenderer } from '@adonisjs/core/types/http'
import { errors as bouncerErrors } from '@adonisjs/bouncer'
import { errors as limiterErrors } from '@adonisjs/limiter'
import { errors as vineErrors } from '@vinejs/vine'
import { Refusal } from '#exceptions/refusals'

/** Seconds until it may be tried again. */
type Throttled = HttpError & { availableIn: number }

const page = (name: string): StatusPageRenderer => {
  return (error, { request, view }) =>
    view.render(`pages/errors/${name}`, {
      requestId: request.id(),
      minutes: Math.ceil((error as Throttled).availableIn / 60),
    })
}

export default class HttpExceptionHandler extends ExceptionHandler {
  protected debug = app.inDev
  protected renderStatusPages = true
  protected ignoreStatuses = [400, 401, 403, 404, 422, 429]

  protected statusPages: Record<StatusPageRange, StatusPageRenderer> = {
    '403': page('forbidden'),
    '404': page('not_found'),
    '413': page('too_large'),
    '429': page('too_many_requests'),
    '500..599': page('server_error'),
  }

  async handle(error: unknown, ctx: HttpContext) {
    forgetPasswords(ctx)
    if (error instanceof Refusal) return super.handle(asValidationError(error, ctx), ctx)
    if (error instanceof bouncerErrors.E_AUTHORIZATION_FAILURE) return this.#answer(error, 403, ctx)
    if (error instanceof limiterErrors.E_TOO_MANY_REQUESTS) {
      ctx.response.header('Retry-After', error.response.availableIn)
      return this.#answer(error, 429, ctx, { availableIn: error.response.availableIn })
    }
    return super.handle(error, ctx)
  }

  /** These know how to answer by themselves, with a redirect; a page with the right status says more. */
  #answer(error: Error, status: number, ctx: HttpContext, facts = {}) {
    const { name, message } = error
    return super.handle(Object.assign(new Error(message), { name, status, ...facts }), ctx)
  }
}

/** What was typed is kept for the form that is shown again, but never passwords. */
function forgetPasswords({ request }: HttpContext) {
  const kept = Object.entries(request.body()).filter(([name]) => !name.includes('password'))
  request.updateBody(Object.fromEntries(kept))
}

function asValidationError({ key, field, data }: Refusal, { i18n }: HttpContext) {
  const message = i18n.t(`messages.refusals.${key}`, data)
  return new vineErrors.E_VALIDATION_ERROR([{ field: field ?? 'form', rule: key, message }])
}
