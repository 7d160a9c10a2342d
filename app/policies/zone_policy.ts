import { BasePolicy } from '@adonisjs/bouncer'
import { isContractorOf, isCustomer, type Person } from '#models/account/person'
import type Zone from '#models/zone'

/** OPT-10: zones are the contractor's, with or without a server. */
export default class ZonePolicy extends BasePolicy {
  index(person: Person) {
    return isCustomer(person) && person.isContractor
  }

  create(person: Person) {
    return this.index(person)
  }

  show(person: Person, zone: Zone) {
    return isContractorOf(person, zone.contractId)
  }

  /** Zones that the panel makes of a domain are changed there (DOM-04). */
  edit(person: Person, zone: Zone) {
    return this.show(person, zone) && zone.source === 'service'
  }

  /** Records of a secondary zone are its primary's. */
  editRecords(person: Person, zone: Zone) {
    return this.edit(person, zone) && zone.isEditable
  }

  destroy(person: Person, zone: Zone) {
    return this.edit(person, zone)
  }
}
