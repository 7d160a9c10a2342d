import { BasePolicy } from '@adonisjs/bouncer'
import { isCustomer, type Person } from '#models/account/person'

/** What everybody who is signed in as a customer may do about himself. */
export default class AccountPolicy extends BasePolicy {
  enter(person: Person) {
    return isCustomer(person)
  }

  leave(person: Person) {
    return isCustomer(person)
  }

  changePassword(person: Person) {
    return isCustomer(person)
  }

  /** OPS-07; which ones he sees is decided where they are read. */
  readAnnouncements(person: Person) {
    return isCustomer(person)
  }

  /** PNL-08; which lines he sees is decided where they are read. */
  readOperationLog(person: Person) {
    return isCustomer(person)
  }
}
