import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { BenchFailure } from '#tests/load/bench'

export type Row = Readonly<Record<string, SQLInputValue>>

/** A stored moment, as the application writes it. */
export const storedNow = () => new Date().toISOString().slice(0, 19).replace('T', ' ')

/**
 * The panel's SQLite file, written past the application: 200,000 mailboxes are there in seconds,
 * and reading a task's state takes nothing from the process that is measured.
 */
export class Database {
  readonly #connection: DatabaseSync

  constructor(readonly file: string) {
    this.#connection = new DatabaseSync(file)
    this.#connection.exec('pragma busy_timeout = 10000; pragma foreign_keys = on')
  }

  close() {
    this.#connection.close()
  }

  /** The first row, or null. */
  find<Found>(sql: string, ...values: SQLInputValue[]): Found | null {
    return (this.#connection.prepare(sql).get(...values) as Found | undefined) ?? null
  }

  one<Found>(sql: string, ...values: SQLInputValue[]): Found {
    const found = this.find<Found>(sql, ...values)
    if (!found) throw new BenchFailure(`no row: ${sql}`)
    return found
  }

  all<Found>(sql: string, ...values: SQLInputValue[]): Found[] {
    return this.#connection.prepare(sql).all(...values) as Found[]
  }

  run(sql: string, ...values: SQLInputValue[]) {
    this.#connection.prepare(sql).run(...values)
  }

  insert(table: string, row: Row): number {
    const names = Object.keys(row)
    const marks = names.map(() => '?').join(', ')
    const sql = `insert into ${table} (${names.join(', ')}) values (${marks})`
    return Number(this.#connection.prepare(sql).run(...Object.values(row)).lastInsertRowid)
  }

  /** Rows of one shape. */
  insertAll(table: string, rows: Iterable<Row>) {
    let statement
    for (const row of rows) {
      const names = Object.keys(row)
      statement ??= this.#connection.prepare(
        `insert into ${table} (${names.join(', ')}) values (${names.map(() => '?').join(', ')})`
      )
      statement.run(...Object.values(row))
    }
  }

  transaction(work: () => void) {
    this.#connection.exec('begin immediate')
    try {
      work()
      this.#connection.exec('commit')
    } catch (error) {
      this.#connection.exec('rollback')
      throw error
    }
  }
}
