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
  const counting = query.clone().clearSelect().clearOrder().count('* as total')
  const [counted] = await ('pojo' in counting ? counting.pojo<{ total: number }>() : counting)
  const total = Number(counted.total)
  const lastPage = Math.max(1, Math.ceil(total / perPage))
  const page = Math.min(wanted, lastPage)
  const first = (page - 1) * perPage
  const rows: Row[] = total === 0 ? [] : await query.limit(perPage).offset(first)
  return { rows, total, page, lastPage, from: rows.length ? first + 1 : 0, to: first + rows.length }
}

/** Text that is searched for is text: its `%` and `_` stand for themselves (with `escape '!'`). */
export function containing(text: string) {
  return `%${text.replace(/[!%_]/g, '!$&')}%`
}
