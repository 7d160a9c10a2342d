import { BasePolicy } from '@adonisjs/bouncer'
import { isContractorOf, type Person } from '#models/account/person'
import type Domain from '#models/domain'
import { isAdminOf } from '#policies/domain_policy'

/** WEB-07: what a site is made of is the business of the contractor and of the domain admin. */
export default class TamperPolicy extends BasePolicy {
  show(person: Person, domain: Domain) {
    return isAdminOf(person, domain) || isContractorOf(person, domain.server.contractId)
  }

  change(person: Person, domain: Domain) {
    return this.show(person, domain)
  }
}
