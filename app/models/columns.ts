import { column } from '@adonisjs/lucid/orm'

/** SQLite and MariaDB both answer 0 or 1. */
export const booleanColumn = () =>
  column({
    consume: (value: unknown) =>
      value === null || value === undefined ? value : Boolean(Number(value)),
  })
