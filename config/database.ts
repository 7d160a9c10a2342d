import env from '#start/env'
import app from '@adonisjs/core/services/app'
import { defineConfig } from '@adonisjs/lucid'

const migrations = { naturalSort: true, paths: ['database/migrations'] }

interface Sqlite {
  pragma(sql: string): unknown
  prepare(sql: string): object
}

/**
 * The query builder prepares every statement anew, a tenth of a page's time; the panel has some
 * hundred different ones. SQLite itself notices when a table has changed underneath.
 */
function keepStatements(connection: Sqlite, most = 500) {
  const prepare = connection.prepare.bind(connection)
  const kept = new Map<string, object>()
  connection.prepare = (sql) => {
    const statement = kept.get(sql) ?? prepare(sql)
    if (kept.size >= most) kept.clear()
    kept.set(sql, statement)
    return statement
  }
}

/** SQLite pragmas are per connection; foreign keys are off unless asked for. */
function prepareSqlite(connection: Sqlite, done: (error?: Error) => void) {
  keepStatements(connection)
  connection.pragma('journal_mode = WAL')
  connection.pragma('synchronous = NORMAL')
  connection.pragma('busy_timeout = 10000')
  connection.pragma('foreign_keys = ON')
  connection.pragma('cache_size = -65536')
  done()
}

export default defineConfig({
  connection: env.get('DB_CONNECTION', 'sqlite'),
  prettyPrintDebugQueries: true,
  connections: {
    sqlite: {
      client: 'better-sqlite3',
      connection: {
        filename:
          env.get('DB_FILE') ??
          (app.inTest ? app.tmpPath('test.sqlite') : app.makePath('storage/tsukasa.sqlite')),
      },
      pool: { afterCreate: prepareSqlite },
      useNullAsDefault: true,
      migrations,
      /** `database/schema.ts` is generated from SQLite alone, or it would flip between the two. */
      schemaGeneration: { enabled: app.inDev, rulesPaths: ['./database/schema_rules.js'] },
    },
    mysql: {
      client: 'mysql2',
      connection: {
        ...(env.get('DB_SOCKET')
          ? { socketPath: env.get('DB_SOCKET') }
          : { host: env.get('DB_HOST', '127.0.0.1'), port: env.get('DB_PORT', 3306) }),
        user: env.get('DB_USER', 'tsukasa'),
        password: env.get('DB_PASSWORD', ''),
        database: env.get('DB_DATABASE', 'tsukasa'),
        charset: 'utf8mb4',
        timezone: 'Z',
      },
      pool: { min: 1, max: 20 },
      migrations,
      schemaGeneration: { enabled: false },
    },
  },
})
