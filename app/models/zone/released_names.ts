import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { deletionGraceDays } from '#config/domains'
import { ancestorsOf, reverseName } from '#models/domain/domain_name'
import { sqlTime } from '#models/task/clock'

type Client = Pick<TransactionClientContract, 'from'>

export interface ReleasedName {
  readonly id: number
  readonly name: string
  readonly contract_id: number
}

const dayMs = 86_400_000

/**
 * OPT-10, as long as a deleted domain waits (DOM-05): whoever took the name next would answer for it wherever the
 * registrar still names our name servers.
 */
export async function keepName(
  { name, contractId }: { readonly name: string; readonly contractId: number },
  client: TransactionClientContract
) {
  const until = sqlTime(Date.now() + deletionGraceDays * dayMs)
  const row = { name, reversed_name: reverseName(name), contract_id: contractId, until }
  await client.insertQuery().table('released_names').insert(row)
}

/** Names that others let go of not long ago: the name, above it and below it. */
export function releasedAround(
  ascii: string,
  contractId: number,
  client: Client
): Promise<ReleasedName[]> {
  const below = reverseName(ascii)
  return client
    .from('released_names')
    .whereNot('contract_id', contractId)
    .where('until', '>', sqlTime())
    .where((around) =>
      around
        .whereIn('name', [ascii, ...ancestorsOf(ascii)])
        .orWhere((children) =>
          children
            .where('reversed_name', '>=', below)
            .where('reversed_name', '<', `${below.slice(0, -1)}/`)
        )
    )
    .select('id', 'name', 'contract_id')
}
