import { BasePolicy } from '@adonisjs/bouncer'
import Staff from '#models/staff'
import type { Person } from '#models/account/person'

/** Staff work on all contracts. A customer never passes, whatever his id. */
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

  converge(person: Person) {
    return person instanceof Staff
  }

  /** SRV-05: what a customer may do with his server, for him. */
  operate(person: Person) {
    return person instanceof Staff
  }

  /** DOM-01, DOM-05: whose a name is, and whether a deleted domain comes back. */
  decide(person: Person) {
    return person instanceof Staff
  }

  /** OPS-07: every role helps customers; what they see is never more than the customer does. */
  viewAsCustomer(person: Person) {
    return person instanceof Staff
  }

  /** ORD-07: what things cost, what was agreed with a customer, and that a month is closed again. */
  bill(person: Person) {
    return person instanceof Staff
  }
}
