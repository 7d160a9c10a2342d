import { integerOf, recordOf } from '#convergence/agent/shapes'
import type Server from '#models/server'
import { inquire, type Answer } from '#monitoring/questions'

const mostMb = 2 ** 30

/** MiB that programs of the server hold, without caches: no less memory would do. */
export function memoryInUse(server: Server): Promise<Answer<number>> {
  return inquire(server, 'memory_in_use', { domain: server.hostname }, (answer) =>
    integerOf(recordOf(answer).used, mostMb)
  )
}
