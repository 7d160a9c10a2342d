import Account from '#models/account'
import type Staff from '#models/staff'

/** Whoever is signed in: a customer through one door, staff through the other. */
export type Person = Account | Staff

export function isCustomer(person: Person): person is Account {
  return person instanceof Account
}

export function isContractorOf(person: Person, contractId: number) {
  return isCustomer(person) && person.isContractor && person.contractId === contractId
}
