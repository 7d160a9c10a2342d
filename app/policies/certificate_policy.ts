import { BasePolicy } from '@adonisjs/bouncer'
import type Certificate from '#models/certificate'
import type Domain from '#models/domain'
import { isContractorOf, isCustomer, type Person } from '#models/account/person'
import { isAdminOf } from '#policies/domain_policy'

/** PNL-01: the contractor has all of his contract's, a domain admin those of his domain and the one that it shows. */
export default class CertificatePolicy extends BasePolicy {
  index(person: Person, domain: Domain) {
    return isAdminOf(person, domain) || isContractorOf(person, domain.server.contractId)
  }

  create(person: Person, domain: Domain) {
    return this.index(person, domain)
  }

  show(person: Person, certificate: Certificate, domain: Domain) {
    if (!isCustomer(person) || !this.index(person, domain)) return false
    if (isContractorOf(person, certificate.contractId ?? 0)) return true
    return certificate.domainId === domain.id || domain.certificateId === certificate.id
  }

  /** What belongs to another domain is not a domain admin's to change. */
  edit(person: Person, certificate: Certificate, domain: Domain) {
    if (!this.show(person, certificate, domain)) return false
    return isCustomer(person) && (person.isContractor || certificate.domainId === domain.id)
  }
}
