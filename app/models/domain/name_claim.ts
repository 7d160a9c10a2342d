import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { Refusal } from '#exceptions/refusals'
import { ancestorsOf, reverseName } from '#models/domain/domain_name'

/**
 * Mail between two domains of a server never leaves it, so a false owner of a name would receive
 * other people's mail: a name, its parents and its children belong to one contract.
 */
export async function claimName(
  ascii: string,
  contractId: number,
  client: TransactionClientContract
) {
  const owners = await ownersAround(ascii, client)
  const same = owners.find((owner) => owner.name === ascii)
  if (same?.deleted_at) throw new Refusal('name_is_being_deleted', 'name')
  if (same?.contract_id === contractId) throw new Refusal('name_is_yours_already', 'name')
  if (same) throw new Refusal('name_is_taken', 'name')

  const foreign = owners.find((owner) => owner.contract_id !== contractId)
  if (foreign) throw new Refusal('name_belongs_to_another_family', 'name')
}

interface Owner {
  readonly name: string
  readonly deleted_at: string | null
  readonly contract_id: number
}

function ownersAround(ascii: string, client: TransactionClientContract): Promise<Owner[]> {
  const below = reverseName(ascii)
  return client
    .from('domains')
    .select('name', 'deleted_at', 'contract_id')
    .where((around) =>
      around
        .whereIn('name', [ascii, ...ancestorsOf(ascii)])
        // '/' follows '.' in ASCII: the range holds exactly what is below the name
        .orWhere((children) =>
          children
            .where('reversed_name', '>=', below)
            .where('reversed_name', '<', `${below.slice(0, -1)}/`)
        )
    )
}

/** The unique index has the last word when two people claim a name in the same moment. */
export function isDuplicate(error: unknown) {
  const code = (error as { code?: string }).code
  return code === 'ER_DUP_ENTRY' || code === 'SQLITE_CONSTRAINT_UNIQUE'
}
