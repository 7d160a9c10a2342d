import { DatabaseRightSchema } from '#database/schema'
import type { DatabaseLevel } from '#models/database/level'

/** What one user may in one database (WEB-04). */
export default class DatabaseRight extends DatabaseRightSchema {
  declare level: DatabaseLevel
}
