import { Readable } from 'node:stream'
import app from '@adonisjs/core/services/app'
import type { HttpContext } from '@adonisjs/core/http'
import { appliesOf } from '#models/account/visible'
import Server from '#models/server'
import { watchProgress } from '#models/task/progress'
import ApplyPolicy from '#policies/apply_policy'

/** The same as `applies.show`, told by the server (server-sent events) while it happens. */
export default class ApplyEventsController {
  async show(ctx: HttpContext) {
    const task = await appliesOf(ctx.account).where('id', ctx.params.apply_id).firstOrFail()
    const server = task.serverId === null ? null : await Server.find(task.serverId)
    await ctx.bouncer.with(ApplyPolicy).authorize('show', task, server?.contractId ?? null)
    return streamProgress(ctx, task.id)
  }
}

/** Streams that are being read. A stopping panel would wait for their end. */
const open = new Set<AbortController>()
app.terminating(() => open.forEach((end) => end.abort()))

export function streamProgress({ response }: HttpContext, id: number) {
  response.header('Content-Type', 'text/event-stream; charset=utf-8')
  // Proxies must not collect what should be seen at once
  response.header('X-Accel-Buffering', 'no')
  const end = new AbortController()
  open.add(end)
  response.response.on('close', () => {
    open.delete(end)
    end.abort()
  })
  return response.stream(Readable.from(eventsOf(id, end.signal)))
}

async function* eventsOf(id: number, signal: AbortSignal) {
  for await (const progress of watchProgress(id, signal)) {
    yield `event: apply\ndata: ${JSON.stringify(progress)}\n\n`
  }
}
