import type Account from '#models/account'

/** Who does something, and from where: every verb that changes what customers have takes one. */
export interface Actor {
  readonly by: Account
  readonly ip: string | null
}
