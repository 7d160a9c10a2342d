import { BasePolicy } from '@adonisjs/bouncer'
import { isContractorOf, isCustomer, type Person } from '#models/account/person'
import type Order from '#models/order'

/** PNL-01: only contractors order, change and cancel what is paid for. */
export default class OrderPolicy extends BasePolicy {
  index(person: Person) {
    return isCustomer(person) && person.isContractor
  }

  create(person: Person) {
    return this.index(person)
  }

  show(person: Person, order: Order) {
    return isContractorOf(person, order.contractId)
  }

  /** Withdrawing it, answering a proposal, and writing to staff about it. */
  answer(person: Person, order: Order) {
    return this.show(person, order)
  }
}
