import db from '@adonisjs/lucid/services/db'
import type { DatabaseQueryBuilderContract } from '@adonisjs/lucid/types/querybuilder'
import type { ModelQueryBuilderContract } from '@adonisjs/lucid/types/model'

/** One page of a list that the database sorted and cut. */
export interface Page<Row> {
  readonly rows: readonly Row[]
  readonly total: number
  readonly page: number
  readonly lastPage: number
  /** Positions of the first and last row of this page, counted from 1; 0 when there is none. */
  readonly from: number
  readonly to: number
}

export const rowsPerPage = 20

/**
 * Plain rows, not models: a list page shows some columns of many rows, and making models of them
 * would take most of its time. `query` has its columns and order, nothing else.
 */
export async function pageOf<Row>(
  query: DatabaseQueryBuilderContract<any> | ModelQueryBuilderContract<any, any>,
  wanted: number,
  perPage = rowsPerPage
): Promise<Page<Row>> {
  const first: Row[] = await query.clone().limit(perPage)
  // A first page with room left is all there is: what was searched for is searched once
  if (first.length < perPage) return pageAt(first, { total: first.length, page: 1, perPage })
  const counting = query.clone().clearSelect().clearOrder().count('* as total')
  const [counted] = await ('pojo' in counting ? counting.pojo<{ total: number }>() : counting)
  const total = Number(counted.total)
  const page = Math.min(wanted, Math.ceil(total / perPage))
  const rows = page === 1 ? first : await query.limit(perPage).offset((page - 1) * perPage)
  return pageAt<Row>(rows, { total, page, perPage })
}

function pageAt<Row>(
  rows: readonly Row[],
  { total, page, perPage }: { total: number; page: number; perPage: number }
): Page<Row> {
  const before = (page - 1) * perPage
  const from = rows.length > 0 ? before + 1 : 0
  const lastPage = Math.max(1, Math.ceil(total / perPage))
  return { rows, total, page, lastPage, from, to: before + rows.length }
}

/** Beyond this a page says 1000+. */
export const mostCounted = 1000

/** How many rows there are, but never more than one beyond `most`, however many there are. */
export async function boundedCount(query: DatabaseQueryBuilderContract<any>, most = mostCounted) {
  const some = query
    .clearSelect()
    .select(db.raw('1 as one'))
    .limit(most + 1)
  const row = await db.from(some.as('some')).count('* as count').first()
  return Number(row.count)
}

/** Text that is searched for is text: its `%` and `_` stand for themselves (with `escape '!'`). */
export function containing(text: string) {
  return `%${text.replace(/[!%_]/g, '!$&')}%`
}
