import app from '@adonisjs/core/services/app'
import { type HttpContext, ExceptionHandler } from '@adonisjs/core/http'
import type { HttpError, StatusPageRange, StatusPageRenderer } from '@adonisjs/core/types/http'
import { errors as bouncerErrors } from '@adonisjs/bouncer'
import { errors as limiterErrors } from '@adonisjs/limiter'
import { errors as rowErrors } from '@adonisjs/lucid'
import { errors as shieldErrors } from '@adonisjs/shield'
import { errors as vineErrors } from '@vinejs/vine'
import { Refusal } from '#exceptions/refusals'
import { domainDeletionsOf } from '#models/account/visible'
import type DomainDeletion from '#models/domain_deletion'
import DomainPolicy from '#policies/domain_policy'
import { ZoneMistakes } from '#models/zone/mistakes'
import { sayMistake } from '#models/zone/words'

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
  protected ignoreExceptions = [Refusal, ZoneMistakes]

  protected statusPages: Record<StatusPageRange, StatusPageRenderer> = {
    '400': page('bad_request'),
    '403': page('forbidden'),
    '404': page('not_found'),
    '413': page('too_large'),
    '429': page('too_many_requests'),
    '500..599': page('server_error'),
  }

  async handle(error: unknown, ctx: HttpContext) {
    if (error instanceof ZoneMistakes) return this.#backToTable(zoneErrors(error, ctx), ctx)
    if (error instanceof Refusal) return super.handle(asValidationError(error, ctx), ctx)
    if (error instanceof rowErrors.E_ROW_NOT_FOUND) {
      const deletion = await deletionOf(ctx)
      if (deletion) {
        await ctx.bouncer.with(DomainPolicy).authorize('restore', deletion)
        return toDeletion(ctx, deletion)
      }
    }
    if (error instanceof shieldErrors.E_BAD_CSRF_TOKEN) return this.#askAgain(error, ctx)
    if (error instanceof bouncerErrors.E_AUTHORIZATION_FAILURE) return this.#answer(error, 403, ctx)
    if (error instanceof limiterErrors.E_TOO_MANY_REQUESTS) {
      ctx.response.header('Retry-After', error.response.availableIn)
      return this.#answer(error, 429, ctx, { availableIn: error.response.availableIn })
    }
    return super.handle(error, ctx)
  }

  /** OPT-10: to the part of the table that was sent, which the form has in its address. */
  #backToTable(error: InstanceType<typeof vineErrors.E_VALIDATION_ERROR>, ctx: HttpContext) {
    const { request, response, session } = ctx
    if (request.accepts(['html', 'json']) !== 'html') return super.handle(error, ctx)
    session.flashValidationErrors(error)
    response.redirect().withQs(request.qs()).back()
  }

  async renderValidationErrorAsHTML(error: HttpError, ctx: HttpContext) {
    const messages = (error as unknown as ValidationError).messages
    const byField = Object.groupBy(messages, ({ field }) => field)
    const bag = Object.entries(byField).map(([field, of]) => [
      field,
      of!.map((each) => each.message),
    ])
    ctx.session.flash('inputErrorsBag', Object.fromEntries(bag))
    backWithInput(ctx)
  }

  /** A form that was open for too long is filled in already when it is shown again. */
  #askAgain(error: InstanceType<typeof shieldErrors.E_BAD_CSRF_TOKEN>, ctx: HttpContext) {
    if (ctx.request.accepts(['html', 'json']) === 'json') return this.#answer(error, 403, ctx)
    ctx.session.flashErrors({ [error.code!]: error.getResponseMessage(error, ctx) })
    backWithInput(ctx)
  }

  /** These know how to answer by themselves, with a redirect; a page with the right status says more. */
  #answer(error: Error, status: number, ctx: HttpContext, facts = {}) {
    const { name, message } = error
    return super.handle(Object.assign(new Error(message), { name, status, ...facts }), ctx)
  }
}

interface ValidationError {
  readonly messages: readonly { readonly field: string; readonly message: string }[]
}

/**
 * Back to the form with what was typed, but never with passwords and keys, whatever their fields are called.
 * Its address is its own: `?_method=PUT` belongs to the request that failed.
 */
function backWithInput({ request, response, session }: HttpContext) {
  const secrets = Object.keys(request.all()).filter((name) => /password|private_key/.test(name))
  session.flashExcept(['_csrf', '_method', ...secrets])
  response
    .redirect()
    .withQs(queryOf(request.header('referer')))
    .back()
}

/** What a form is about may stand in its page's address, as an order's kind does. */
function queryOf(referer = ''): Record<string, string> {
  return URL.canParse(referer) ? Object.fromEntries(new URL(referer).searchParams) : {}
}

/** DOM-05: what a page was about whose domain waits for its end, where that is his. */
async function deletionOf({ account, request }: HttpContext) {
  const [, id] = /^\/domains\/(\d{1,15})(?:\/|$)/.exec(request.url()) ?? []
  // Behind no door nobody has an account yet.
  if (!id || !account || request.method() !== 'GET') return null
  return domainDeletionsOf(account).where('domain_id', Number(id)).first()
}

/** Where it can be restored, rather than to a page that knows nothing of it. */
function toDeletion({ i18n, response, session }: HttpContext, { id, domain }: DomainDeletion) {
  const name = domain.unicodeName
  session.flash('warning', i18n.t('messages.domains.waits_for_its_end', { name }))
  return response.redirect().toRoute('domain_deletions.show', [id])
}

function asValidationError({ key, field, data }: Refusal, { i18n }: HttpContext) {
  const message = i18n.t(`messages.refusals.${key}`, data)
  return new vineErrors.E_VALIDATION_ERROR([{ field: field ?? 'form', rule: key, message }])
}

/** OPT-10: each at its own input of the table; what isn't in the form is said above it. */
function zoneErrors({ mistakes }: ZoneMistakes, { i18n }: HttpContext) {
  const t = i18n.t.bind(i18n)
  const messages = mistakes.slice(0, 50).map((each) => ({
    field: each.row === null ? 'records' : `records.${each.row}.${each.input}`,
    rule: each.key,
    message: sayMistake(each, t),
  }))
  return new vineErrors.E_VALIDATION_ERROR(messages)
}
