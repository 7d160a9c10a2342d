import { BasePolicy } from '@adonisjs/bouncer'
import type Task from '#models/task'
import { isContractorOf, isCustomer, type Person } from '#models/account/person'

/** Who may watch a change land: who asked for it, and the contractor of the server. */
export default class ApplyPolicy extends BasePolicy {
  show(person: Person, apply: Task, contractId: number | null) {
    const isHis = isCustomer(person) && apply.accountId === person.id
    return isHis || (contractId !== null && isContractorOf(person, contractId))
  }
}
