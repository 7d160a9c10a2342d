/*
 * Carries out one CSV file and dies before its n-th statement, for the test that nothing is done by halves.
 * node --import @poppinss/ts-exec tests/support/import_to_kill.ts IMPORT STATEMENT
 */
import 'reflect-metadata'
import { Ignitor } from '@adonisjs/core'

const root = new URL('../../', import.meta.url)
const importer = (path: string) => import(path.startsWith('.') ? new URL(path, root).href : path)

const app = new Ignitor(root, { importer })
  .tap((each) => each.booting(async () => void (await import('#start/env'))))
  .createApp('repl')
await app.init()
await app.boot()
await app.start(() => {})

const { default: db } = await import('@adonisjs/lucid/services/db')
const { default: Import } = await import('#models/import')
const [importId, deadly] = process.argv.slice(2).map(Number)
let statements = 0
db.connection()
  .getWriteClient()
  .on('query', () => {
    statements++
    if (statements === deadly) process.kill(process.pid, 'SIGKILL')
  })
await Import.run(importId)
process.stdout.write(`${statements}\n`)
await app.terminate()
