import { BasePolicy } from '@adonisjs/bouncer'
import { isContractorOf, isCustomer, type Person } from '#models/account/person'
import type Inquiry from '#models/inquiry'

/** ORD-08: users ask the admin of their domain, who knows it; the provider is asked by those who manage something. */
export default class InquiryPolicy extends BasePolicy {
  readContacts(person: Person) {
    return isCustomer(person)
  }

  index(person: Person) {
    return isCustomer(person) && !person.isMailboxUser
  }

  create(person: Person) {
    return this.index(person)
  }

  show(person: Person, inquiry: Inquiry) {
    if (isContractorOf(person, inquiry.contractId)) return true
    return isCustomer(person) && person.isDomainAdmin && person.domainId === inquiry.domainId
  }
}
