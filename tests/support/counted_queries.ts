import db from '@adonisjs/lucid/services/db'

/** How often the database is asked while something is done, by everybody in this process. */
export async function queriesOf(work: () => PromiseLike<unknown>): Promise<number> {
  let count = 0
  const counted = () => void count++
  const knex = db.connection().getWriteClient()
  knex.on('query', counted)
  try {
    await work()
  } finally {
    knex.off('query', counted)
  }
  return count
}
