import { BasePolicy } from '@adonisjs/bouncer'
import type { Person } from '#models/account/person'
import { isContractorOf } from '#models/account/person'
import type Domain from '#models/domain'
import { isAdminOf } from '#policies/domain_policy'

/** WEB-04: contractor and domain admin manage databases and their users; nobody else sees them. */
export default class DatabasePolicy extends BasePolicy {
  index(person: Person, domain: Domain) {
    return manages(person, domain)
  }

  create(person: Person, domain: Domain) {
    return manages(person, domain)
  }

  show(person: Person, domain: Domain) {
    return manages(person, domain)
  }

  edit(person: Person, domain: Domain) {
    return manages(person, domain)
  }

  destroy(person: Person, domain: Domain) {
    return manages(person, domain)
  }

  /** Dumps hold all that is in a database. */
  export(person: Person, domain: Domain) {
    return manages(person, domain)
  }

  import(person: Person, domain: Domain) {
    return manages(person, domain)
  }
}

function manages(person: Person, domain: Domain) {
  return isAdminOf(person, domain) || isContractorOf(person, domain.server.contractId)
}
