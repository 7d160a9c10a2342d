import { BasePolicy } from '@adonisjs/bouncer'
import { isContractorOf, type Person } from '#models/account/person'
import type Domain from '#models/domain'

/**
 * WEB-08: what is public on one server replaces what is public on another. The admins of the two domains know
 * nothing of each other, so it is the business of the contractor, who has both.
 */
export default class ContentSyncPolicy extends BasePolicy {
  show(person: Person, domain: Domain) {
    return isContractorOf(person, domain.server.contractId)
  }

  change(person: Person, domain: Domain) {
    return this.show(person, domain)
  }
}
