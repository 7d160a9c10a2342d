import { BasePolicy } from '@adonisjs/bouncer'
import type { Person } from '#models/account/person'
import { isContractorOf } from '#models/account/person'
import type Domain from '#models/domain'
import type MailingList from '#models/mailing_list'
import { isAdminOf } from '#policies/domain_policy'

/** MAIL-06: contractor and domain admin manage lists; a user has nothing to do with them here. */
export default class MailingListPolicy extends BasePolicy {
  index(person: Person, domain: Domain) {
    return manages(person, domain)
  }

  create(person: Person, domain: Domain) {
    return manages(person, domain)
  }

  show(person: Person, list: MailingList) {
    return manages(person, list.domain)
  }

  edit(person: Person, list: MailingList) {
    return manages(person, list.domain)
  }

  editMembers(person: Person, list: MailingList) {
    return manages(person, list.domain)
  }

  /** Decides about posts that wait, whoever else may. */
  moderate(person: Person, list: MailingList) {
    return manages(person, list.domain)
  }

  readArchive(person: Person, list: MailingList) {
    return manages(person, list.domain)
  }

  destroy(person: Person, list: MailingList) {
    return manages(person, list.domain)
  }
}

function manages(person: Person, domain: Domain) {
  return isAdminOf(person, domain) || isContractorOf(person, domain.server.contractId)
}
