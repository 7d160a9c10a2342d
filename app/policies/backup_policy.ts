import { BasePolicy } from '@adonisjs/bouncer'
import type { Person } from '#models/account/person'
import { isContractorOf } from '#models/account/person'
import type Domain from '#models/domain'
import { isAdminOf } from '#policies/domain_policy'

/** BKP-02: contractor and domain admin get something back; what comes back is all that was in it. */
export default class BackupPolicy extends BasePolicy {
  restore(person: Person, domain: Domain) {
    return isAdminOf(person, domain) || isContractorOf(person, domain.server.contractId)
  }
}
