import vine from '@vinejs/vine'
import { serverFilters } from '#models/server/staff_listing'
import { taskStates } from '#models/task/staff_listing'

const id = () => vine.number().withoutDecimals().range([1, 999_999_999_999]).optional()

/** What staff's lists take from the address. Nonsense counts as absent. */
const tasks = vine.create({
  state: vine.enum(taskStates).optional(),
  before: id(),
  server: id(),
})

export async function readTaskFilter(query: Record<string, unknown>) {
  const [error, read] = await tasks.tryValidate(query)
  const { state = 'failed', before = null, server: serverId = null } = error ? {} : read
  return { state, before, serverId } as const
}

const logs = vine.create({
  actor: vine.string().trim().maxLength(64).optional(),
  target: vine.string().trim().maxLength(320).optional(),
  before: id(),
})

export async function readStaffLogFilter(query: Record<string, unknown>) {
  const [error, read] = await logs.tryValidate(query)
  const { actor = '', target = '', before = null } = error ? {} : read
  return { actor, target, before }
}

const servers = vine.create({
  state: vine.enum(serverFilters).optional(),
  q: vine.string().trim().maxLength(100).optional(),
  page: vine.number().withoutDecimals().range([1, 100_000]).optional(),
})

export async function readServerFilter(query: Record<string, unknown>) {
  const [error, read] = await servers.tryValidate(query)
  const { state = 'all', q = '', page = 1 } = error ? {} : read
  return { state, q, page, sort: '' } as const
}
