import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { Refusal } from '#exceptions/refusals'
import type Domain from '#models/domain'
import { listNamesOf } from '#models/mailing_list/name'

const atOnce = 500

/** Call with the locked server: then nobody adds a list or a user of the domain meanwhile. */
export async function refuseNamesOfLists(
  domainId: number,
  localParts: readonly string[],
  client: TransactionClientContract
) {
  for (const names of chunked(localParts)) {
    const found = await client
      .from('mailing_lists')
      .where('domain_id', domainId)
      .whereIn('local_part', names)
      .select('local_part')
      .first()
    if (found) throw new Refusal('local_part_is_a_list', 'local_part', { name: found.local_part })
  }
}

/** MAIL-06, MAIL-07: a list takes no name that a user has, that mail is forwarded to, or that is a member here. */
export async function refuseTakenListName(
  domain: Domain,
  localPart: string,
  client: TransactionClientContract
) {
  const here = { domain_id: domain.id, local_part: localPart }
  if (await client.from('mailboxes').where(here).first()) {
    throw new Refusal('list_name_is_a_user', 'local_part')
  }
  if (await client.from('mailing_lists').where(here).first()) {
    throw new Refusal('list_name_is_taken', 'local_part')
  }
  const address = `${localPart}@${domain.name}`
  const forwarder = await forwarderTo(domain, address, client)
  if (forwarder) throw new Refusal('list_is_forwarded_to', 'local_part', { name: forwarder })
  const holder = await holderOf(domain, address, client)
  if (holder) throw new Refusal('list_is_a_member', 'local_part', { name: holder })
}

/** Of one contract only: where other customers forward their mail is not told to anybody. */
async function forwarderTo(domain: Domain, address: string, client: TransactionClientContract) {
  const found = await client
    .from('mailbox_forwards')
    .join('mailboxes', 'mailboxes.id', 'mailbox_forwards.mailbox_id')
    .join('domains', 'domains.id', 'mailboxes.domain_id')
    .where('mailbox_forwards.address', address)
    .where('domains.contract_id', domain.contractId)
    .whereNull('domains.deleted_at')
    .select('mailboxes.local_part', 'domains.unicode_name')
    .first()
  return found ? `${found.local_part}@${found.unicode_name}` : null
}

async function holderOf(domain: Domain, address: string, client: TransactionClientContract) {
  const found = await client
    .from('mailing_list_members')
    .join('mailing_lists', 'mailing_lists.id', 'mailing_list_members.mailing_list_id')
    .where('mailing_list_members.address', address)
    .where('mailing_lists.domain_id', domain.id)
    .select('mailing_lists.local_part')
    .first()
  return found ? `${found.local_part}@${domain.unicodeName}` : null
}

/** MAIL-06: which of the addresses are those of lists of this very domain, with their control addresses. */
export async function listsAmong(
  domain: { readonly id: number; readonly name: string },
  addresses: readonly string[],
  client: TransactionClientContract
): Promise<string[]> {
  const end = `@${domain.name}`
  const here = addresses.filter((address) => address.endsWith(end))
  const found: string[] = []
  for (const some of chunked(here)) {
    const names = some.flatMap((address) => listNamesOf(address.slice(0, -end.length)))
    const rows = await client
      .from('mailing_lists')
      .where('domain_id', domain.id)
      .whereIn('local_part', names)
      .select('local_part')
    const lists = new Set(rows.map((row) => row.local_part as string))
    found.push(
      ...some.filter((address) =>
        listNamesOf(address.slice(0, -end.length)).some((name) => lists.has(name))
      )
    )
  }
  return found
}

/** MAIL-07: which of the addresses are those of lists of one contract. One query. */
export async function listsOfContractAmong(
  contractId: number,
  addresses: readonly string[],
  client: TransactionClientContract
): Promise<string[]> {
  const parts = addresses.map((address) => {
    const at = address.lastIndexOf('@')
    return { address, names: listNamesOf(address.slice(0, at)), domain: address.slice(at + 1) }
  })
  if (parts.length === 0) return []
  const rows = await client
    .from('mailing_lists')
    .join('domains', 'domains.id', 'mailing_lists.domain_id')
    .where('domains.contract_id', contractId)
    .whereIn('domains.name', [...new Set(parts.map(({ domain }) => domain))])
    .whereIn('mailing_lists.local_part', [...new Set(parts.flatMap(({ names }) => names))])
    .select('mailing_lists.local_part', 'domains.name')
  const lists = new Set(rows.map((row) => `${row.local_part}@${row.name}`))
  return parts
    .filter(({ names, domain }) => names.some((name) => lists.has(`${name}@${domain}`)))
    .map(({ address }) => address)
}

export function chunked<Value>(values: readonly Value[], size = atOnce): Value[][] {
  const count = Math.ceil(values.length / size)
  return Array.from({ length: count }, (_, index) => values.slice(index * size, (index + 1) * size))
}
