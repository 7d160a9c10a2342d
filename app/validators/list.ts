import vine from '@vinejs/vine'

/** What list pages take from the address: search, page, order. Nonsense counts as absent. */
const list = vine.create({
  q: vine.string().trim().maxLength(200).optional(),
  page: vine.number().withoutDecimals().range([1, 100_000]).optional(),
  sort: vine.string().maxLength(20).optional(),
})

export interface ListRequest {
  readonly q: string
  readonly page: number
  readonly sort: string
}

export async function readList(
  query: Record<string, unknown>,
  sorts: readonly string[]
): Promise<ListRequest> {
  const [error, read] = await list.tryValidate(query)
  const { q = '', page = 1, sort = '' } = error ? {} : read
  return { q, page, sort: sorts.includes(sort) ? sort : sorts[0] }
}
