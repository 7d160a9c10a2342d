import { StaffSchema } from '#database/schema'
import { matchesPassword, wasteTime } from '#models/account/password'

/** `support` looks, answers and views as a customer; `operator` also works on servers and orders. */
export const staffRoles = ['administrator', 'operator', 'support'] as const
export type StaffRole = (typeof staffRoles)[number]

/** The provider's own people. They sign in at their own page. */
export default class Staff extends StaffSchema {
  static table = 'staff'

  declare role: StaffRole

  /** Null for an unknown login and for a wrong password, after the same time. */
  static async authenticate(login: string, password: string) {
    const staff = await this.findBy('login', login.trim().toLowerCase())
    if (!staff) return wasteTime(login, password)
    return (await matchesPassword(password, staff.password)) ? staff : null
  }
}
