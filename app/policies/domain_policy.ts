import { BasePolicy } from '@adonisjs/bouncer'
import type Domain from '#models/domain'
import Restriction from '#models/restriction'
import { isRestrictable, type Feature } from '#models/restriction/feature'
import type Server from '#models/server'
import { isContractorOf, isCustomer, type Person } from '#models/account/person'

/** PNL-01: the contractor has all domains of his servers, a domain admin sees his own. */
export default class DomainPolicy extends BasePolicy {
  index(person: Person) {
    return isCustomer(person) && person.isContractor
  }

  create(person: Person, server: Server) {
    return isContractorOf(person, server.contractId)
  }

  show(person: Person, domain: Domain) {
    return isAdminOf(person, domain) || isContractorOf(person, domain.server.contractId)
  }

  /** MAIL-05, MAIL-10, MAIL-11: how the domain takes and sends mail. */
  editMail(person: Person, domain: Domain) {
    return this.show(person, domain)
  }

  /** WEB-01, WEB-03: how the domain's site runs. */
  editWeb(person: Person, domain: Domain) {
    return this.show(person, domain)
  }

  /** ALOG-01, ALOG-02: who visited the site, and who moved files. */
  seeLogs(person: Person, domain: Domain) {
    return this.show(person, domain)
  }

  /** USR-08. */
  restrict(person: Person, domain: Domain) {
    return this.show(person, domain)
  }

  restrictFeature(person: Person, domain: Domain, feature: Feature) {
    if (!isCustomer(person)) return false
    return (
      this.restrict(person, domain) && isRestrictable(feature, Restriction.levelOf({ by: person }))
    )
  }

  /** MAIL-11: the log of the domain's mail. */
  searchMail(person: Person, domain: Domain) {
    return this.show(person, domain)
  }

  /** PNL-05. */
  seeUsages(person: Person, domain: Domain) {
    return this.show(person, domain)
  }

  /** PNL-05: domains share the server's disk, so whoever has the server divides it. */
  editQuota(person: Person, domain: Domain) {
    return isContractorOf(person, domain.server.contractId)
  }

  /** DOM-04: who answers for the name. */
  editDns(person: Person, domain: Domain) {
    return isContractorOf(person, domain.server.contractId)
  }

  suspend(person: Person, domain: Domain) {
    return isContractorOf(person, domain.server.contractId)
  }

  /** DOM-01: to prove that a name is one's own. */
  claim(person: Person, { contractId }: { contractId: number }) {
    return isContractorOf(person, contractId)
  }

  /** DOM-05: a deletion is taken back by who could ask for it. */
  restore(person: Person, { contractId }: { contractId: number }) {
    return isContractorOf(person, contractId)
  }

  destroy(person: Person, domain: Domain) {
    return isContractorOf(person, domain.server.contractId)
  }
}

export function isAdminOf(person: Person, domain: Domain) {
  return isCustomer(person) && person.isDomainAdmin && person.domainId === domain.id
}
