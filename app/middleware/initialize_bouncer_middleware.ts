import { policies } from '#generated/policies'
import { Bouncer } from '@adonisjs/bouncer'
import type Account from '#models/account'
import type Staff from '#models/staff'
import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'

export default class InitializeBouncerMiddleware {
  async handle(ctx: HttpContext, next: NextFn) {
    ctx.bouncer = new Bouncer<Account | Staff, {}, typeof policies>(
      () => ctx.auth.user ?? null,
      {},
      policies
    ).setContainerResolver(ctx.containerResolver)
    if ('view' in ctx) ctx.view.share(ctx.bouncer.edgeHelpers)
    return next()
  }
}

declare module '@adonisjs/core/http' {
  export interface HttpContext {
    bouncer: Bouncer<Account | Staff, {}, typeof policies>
  }
}
