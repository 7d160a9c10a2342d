import { BasePolicy } from '@adonisjs/bouncer'
import { isContractorOf, type Person } from '#models/account/person'
import type Domain from '#models/domain'
import type Import from '#models/import'
import { isAdminOf } from '#policies/domain_policy'

/** USR-01 … USR-07: many users at once are the business of the contractor and of the domain admin. */
export default class ImportPolicy extends BasePolicy {
  index(person: Person, domain: Domain) {
    return isAdminOf(person, domain) || isContractorOf(person, domain.server.contractId)
  }

  create(person: Person, domain: Domain) {
    return this.index(person, domain)
  }

  /** What is there already, as a file. */
  download(person: Person, domain: Domain) {
    return this.index(person, domain)
  }

  show(person: Person, { domain }: Import) {
    return this.index(person, domain)
  }

  confirm(person: Person, { domain }: Import) {
    return this.index(person, domain)
  }
}
