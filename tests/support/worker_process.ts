/*
 * A worker in a process of its own, for tests that kill it.
 * node --import @poppinss/ts-exec tests/support/worker_process.ts
 */
import 'reflect-metadata'
import { Ignitor } from '@adonisjs/core'

const root = new URL('../../', import.meta.url)
const importer = (path: string) => import(path.startsWith('.') ? new URL(path, root).href : path)

const app = new Ignitor(root, { importer })
  .tap((each) => {
    each.booting(async () => void (await import('#start/env')))
    each.listen('SIGTERM', () => each.terminate())
  })
  .createApp('repl')
await app.init()
await app.boot()
await app.start(() => {})

const { TracedJob, workerFor } = await import('#tests/support/task_fixtures')
const worker = workerFor([TracedJob], { pollMs: 20, sweepMs: 50, concurrency: 4 })
worker.start()
app.terminating(() => worker.stop())
process.stdout.write('ready\n')
