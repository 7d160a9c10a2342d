import { createHash } from 'node:crypto'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import type { AddressCheck, AddressProblem } from '#models/mail_address'

/** MAIL-05, MAIL-07, MAIL-08: of each list. */
export const longestList = 100

export interface ReadList {
  /** In canonical form, each once, in the order in which they were typed. */
  readonly values: readonly string[]
  readonly mistakes: readonly Mistake[]
}

export interface Mistake {
  /** Counted from 1, as people count lines. */
  readonly line: number
  readonly typed: string
  readonly problem: AddressProblem
}

/** One entry a line; commas part them, too, because addresses are copied like that. */
export function readAddressList(
  text: string | null | undefined,
  check: (typed: string) => AddressCheck
): ReadList {
  const values = new Set<string>()
  const mistakes: Mistake[] = []
  for (const { line, typed } of entriesOf(text ?? '')) {
    const found = check(typed)
    if ('value' in found) values.add(found.value)
    else mistakes.push({ line, typed, problem: found.problem })
  }
  return { values: [...values], mistakes }
}

function entriesOf(text: string) {
  return text
    .split(/\r\n|\r|\n/)
    .flatMap((row, index) =>
      row.split(/[,、，]/).map((typed) => ({ line: index + 1, typed: typed.trim() }))
    )
    .filter(({ typed }) => typed !== '')
}

/** Tells two states of a list apart, so that nobody overwrites what he has not seen. */
export function versionOf(values: readonly string[]) {
  const text = [...values].sort().join('\n')
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

export function sameValues(one: readonly string[], other: readonly string[]) {
  return one.length === other.length && versionOf(one) === versionOf(other)
}

interface Rows {
  readonly table:
    'mail_senders' | 'mailbox_forwards' | 'mailing_list_moderators' | 'restriction_exemptions'
  /** What differs between the rows of one list. */
  readonly column: string
  /** What all rows of the list have in common. */
  readonly row: Readonly<Record<string, string | number | null>>
}

/**
 * Only what differs is written, by id: a deletion that finds nothing would make MariaDB lock the gap
 * that lists of other customers want to be inserted into.
 */
export async function replaceRows(
  client: TransactionClientContract,
  { table, column, row }: Rows,
  values: readonly (string | number)[]
) {
  const present = await client.from(table).where(row).select('id', column)
  const wanted = new Set(values)
  const gone = present.filter((each) => !wanted.has(each[column])).map(({ id }) => id)
  if (gone.length > 0) await client.from(table).whereIn('id', gone).delete()
  const known = new Set(present.map((each) => each[column]))
  const fresh = values.filter((value) => !known.has(value))
  if (fresh.length === 0) return
  const rows = fresh.map((value) => ({ ...row, [column]: value }))
  await client.insertQuery().table(table).multiInsert(rows)
}
