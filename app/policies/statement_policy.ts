import { BasePolicy } from '@adonisjs/bouncer'
import { isContractorOf, isCustomer, type Person } from '#models/account/person'

/** PNL-01, PNL-13: what a contract costs is for its contractor alone to see. */
export default class StatementPolicy extends BasePolicy {
  index(person: Person) {
    return isCustomer(person) && person.isContractor
  }

  show(person: Person, owned: { readonly contractId: number }) {
    return isContractorOf(person, owned.contractId)
  }
}
