/*
 * The panel's own worker: one process is a whole panel. Preloads also run while code is generated;
 * nothing may touch the database then.
 */
import app from '@adonisjs/core/services/app'
import env from '#start/env'

const concurrency = env.get('WORKER_CONCURRENCY', 8)

if (app.getMode() === 'run' && concurrency > 0) {
  app.ready(async () => {
    const { startWorker } = await import('#jobs/index')
    const worker = await startWorker({ concurrency })
    // Before the providers' shutdown, so that the database is open while tasks end.
    app.terminating(() => worker.stop())
  })
}
