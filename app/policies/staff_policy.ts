import { BasePolicy } from '@adonisjs/bouncer'
import Staff, { type StaffRole } from '#models/staff'
import type { Person } from '#models/account/person'

/**
 * Staff work on all contracts; a customer never passes, whatever his id. OPS-07: who does `support`
 * looks and answers, an `operator` also works on servers and orders, an `administrator` does everything.
 */
export default class StaffPolicy extends BasePolicy {
  enter(person: Person) {
    return person instanceof Staff
  }

  leave(person: Person) {
    return person instanceof Staff
  }

  read(person: Person) {
    return person instanceof Staff
  }

  /** One's own sign-in: password, second factor. */
  keepOwn(person: Person) {
    return person instanceof Staff
  }

  /** SRV-05: what a customer may do with his server, for him. */
  operate(person: Person) {
    return isOne(person, ['operator', 'administrator'])
  }

  /** ORD-08: what customers ask, and words to colleagues about an order. */
  answer(person: Person) {
    return person instanceof Staff
  }

  converge(person: Person) {
    return isOne(person, ['operator', 'administrator'])
  }

  /** DOM-01, DOM-05: whose a name is, and whether a deleted domain comes back. */
  decide(person: Person) {
    return isOne(person, ['operator', 'administrator'])
  }

  /** OPS-07: to all customers at once. */
  announce(person: Person) {
    return isOne(person, ['operator', 'administrator'])
  }

  /** OPS-07: every role helps customers; what they see is never more than the customer does. */
  viewAsCustomer(person: Person) {
    return person instanceof Staff
  }

  /** ORD-07: what things cost, what was agreed with a customer, and that a month is closed again. */
  bill(person: Person) {
    return isOne(person, ['administrator'])
  }

  /** OPS-07: who is staff, and what staff did. */
  manage(person: Person) {
    return isOne(person, ['administrator'])
  }
}

function isOne(person: Person, roles: readonly StaffRole[]) {
  return person instanceof Staff && roles.includes(person.role)
}
