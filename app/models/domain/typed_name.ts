import { Refusal } from '#exceptions/refusals'
import type { Actor } from '#models/actor'
import type Domain from '#models/domain'
import { refuse } from '#models/operation'

/** DOM-05: nothing goes whose name was not typed, in the form people read or in the one daemons see. */
export function isNameOf(domain: Domain, typed: string) {
  const name = typed.trim().normalize('NFKC').toLowerCase()
  return name === domain.name || name === domain.unicodeName.normalize('NFKC').toLowerCase()
}

export function refuseTypedName(domain: Domain, action: string, actor: Actor) {
  const operation = { action, target: domain.unicodeName, domainId: domain.id }
  return refuse(actor, operation, new Refusal('name_typed_differs', 'name'))
}
