import { policies } from '#generated/policies'
import { Bouncer } from '@adonisjs/bouncer'
import type { Person } from '#models/account/person'
import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'

type Policies = typeof policies

/** Remembers that a policy was asked, so that a door can refuse answers made without asking one. */
export class WatchedBouncer extends Bouncer<Person, {}, Policies> {
  asked = false

  override with(policy: any): any {
    this.asked = true
    return super.with(policy)
  }
}

export default class InitializeBouncerMiddleware {
  async handle(ctx: HttpContext, next: NextFn) {
    // Behind the customers' door it is whose pages they are, also when staff look at them (OPS-07).
    const bouncer = new WatchedBouncer(() => ctx.account ?? ctx.auth.user ?? null, {}, policies)
    ctx.bouncer = bouncer.setContainerResolver(ctx.containerResolver)
    return next()
  }
}

declare module '@adonisjs/core/http' {
  export interface HttpContext {
    bouncer: Bouncer<Person, {}, Policies>
  }
}
