import { BasePolicy } from '@adonisjs/bouncer'
import type Domain from '#models/domain'
import type Mailbox from '#models/mailbox'
import { isAdminOf } from '#policies/domain_policy'
import { isContractorOf, isCustomer, type Person } from '#models/account/person'

/** PNL-01: contractor and domain admin manage users; a user sees himself. */
export default class MailboxPolicy extends BasePolicy {
  index(person: Person, domain: Domain) {
    return manages(person, domain)
  }

  create(person: Person, domain: Domain) {
    return manages(person, domain)
  }

  show(person: Person, mailbox: Mailbox) {
    return isHimself(person, mailbox) || manages(person, mailbox.domain)
  }

  edit(person: Person, mailbox: Mailbox) {
    return manages(person, mailbox.domain)
  }

  editDescription(person: Person, mailbox: Mailbox) {
    return this.show(person, mailbox)
  }

  /** MAIL-03. What a user sets for himself is asked one by one: each can be taken from him, which is asked in the verbs (USR-08). */
  editVirusWarning(person: Person, mailbox: Mailbox) {
    return this.show(person, mailbox)
  }

  /** MAIL-04, with the senders that are never checked (MAIL-05). */
  editSpamCheck(person: Person, mailbox: Mailbox) {
    return this.show(person, mailbox)
  }

  /** MAIL-08. */
  editRejectedSenders(person: Person, mailbox: Mailbox) {
    return this.show(person, mailbox)
  }

  /** MAIL-07. */
  editForwards(person: Person, mailbox: Mailbox) {
    return this.show(person, mailbox)
  }

  /** MAIL-09. */
  editUserScript(person: Person, mailbox: Mailbox) {
    return this.show(person, mailbox)
  }

  editVacation(person: Person, mailbox: Mailbox) {
    return this.show(person, mailbox)
  }

  /** MAIL-11: the log of his own mail. */
  searchMail(person: Person, mailbox: Mailbox) {
    return this.show(person, mailbox)
  }

  /** MAIL-04: an admin may give back what was taken for spam; he sees whom it is from, never what is in it. */
  handleJunk(person: Person, mailbox: Mailbox) {
    return this.show(person, mailbox)
  }

  /** WEB-05: never by the user himself: it opens the site's files to him. The domain admin's own is always on. */
  editFtpRight(person: Person, mailbox: Mailbox) {
    return manages(person, mailbox.domain) && !mailbox.isAdmin
  }

  /** MAIL-11: not by the user himself, whose password somebody else may have. */
  unlockSending(person: Person, mailbox: Mailbox) {
    return manages(person, mailbox.domain)
  }

  /** The domain admin's own goes with the domain. */
  destroy(person: Person, mailbox: Mailbox) {
    return manages(person, mailbox.domain) && !mailbox.isAdmin
  }
}

function manages(person: Person, domain: Domain) {
  return isAdminOf(person, domain) || isContractorOf(person, domain.server.contractId)
}

function isHimself(person: Person, mailbox: Mailbox) {
  return isCustomer(person) && person.isMailboxUser && person.mailboxId === mailbox.id
}
