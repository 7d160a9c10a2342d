import { BasePolicy } from '@adonisjs/bouncer'
import type Server from '#models/server'
import { isContractorOf, isCustomer, type Person } from '#models/account/person'

/** PNL-01: servers are the contractor's. */
export default class ServerPolicy extends BasePolicy {
  index(person: Person) {
    return isCustomer(person) && person.isContractor
  }

  /** WEB-03: on all domains at once. */
  switchPhp(person: Person, server: Server) {
    return this.show(person, server)
  }

  /** PNL-13. */
  describe(person: Person, server: Server) {
    return this.show(person, server)
  }

  /** SRV-05: never a domain admin, whose neighbours it would take down too. */
  power(person: Person, server: Server) {
    return this.show(person, server)
  }

  /** NET-01 to NET-03. */
  changeNetwork(person: Person, server: Server) {
    return this.show(person, server)
  }

  show(person: Person, server: Server) {
    return isContractorOf(person, server.contractId)
  }
}
