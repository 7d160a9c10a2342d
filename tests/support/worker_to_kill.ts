/*
 * A worker with the real jobs in a process of its own, for tests that kill it.
 * node --import @poppinss/ts-exec tests/support/worker_to_kill.ts
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

const { jobs } = await import('#jobs/index')
const { Worker } = await import('#jobs/worker')
// Short, so that somebody else takes over soon; what carries many bytes needs a longer one
const leaseMs = Number(process.env.LEASE_MS ?? 500)
new Worker({ jobs, pollMs: 20, sweepMs: 50, leaseMs, backoff: () => 50 }).start()
process.stdout.write('ready\n')
