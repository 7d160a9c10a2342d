import type Account from '#models/account'
import type Staff from '#models/staff'

/** Who does something, and from where: every verb that changes what customers have takes one. */
export interface Actor {
  readonly by: Account
  readonly ip: string | null
}

/** Whose doing a line of the operation log tells of. */
export interface Doer {
  /** Of an account. */
  readonly id: number | null
  readonly login: string
  readonly role: string
  readonly contractId: number
  readonly domainId: number | null
}

/** A customer, or the provider on his behalf. */
export interface Author {
  readonly by: Doer
  readonly ip: string | null
}

/** Staff in their own books (`StaffLog`). */
export interface StaffAuthor {
  /** Null: somebody at the panel's console. */
  readonly staff: Staff | null
  readonly ip?: string | null
}

/** Staff, of whom customers learn no names, or the panel by itself (`system`), in the books of a contract. */
export function providerFor(contractId: number, role: 'staff' | 'system'): Author {
  return { by: { id: null, login: role, role, contractId, domainId: null }, ip: null }
}
