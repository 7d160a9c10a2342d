import { BasePolicy } from '@adonisjs/bouncer'
import { isCustomer, type Person } from '#models/account/person'

/** PNL-01, PNL-13: what was agreed with the provider is the contractor's alone. */
export default class ContractPolicy extends BasePolicy {
  show(person: Person) {
    return isCustomer(person) && person.isContractor
  }

  editProfile(person: Person) {
    return this.show(person)
  }

  changePayment(person: Person) {
    return this.show(person)
  }

  /** PNL-07. */
  restrictPanel(person: Person) {
    return this.show(person)
  }
}
