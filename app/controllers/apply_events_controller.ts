import { Readable } from 'node:stream'
import app from '@adonisjs/core/services/app'
import type { HttpContext } from '@adonisjs/core/http'
import type { I18n } from '@adonisjs/i18n'
import { appliesOf } from '#models/account/visible'
import Server from '#models/server'
import { watchProgress, type TaskProgress } from '#models/task/progress'
import ApplyPolicy from '#policies/apply_policy'

/** The same as `applies.show`, told by the server (server-sent events) while it happens. */
export default class ApplyEventsController {
  async show(ctx: HttpContext) {
    const task = await appliesOf(ctx.account).where('id', ctx.params.apply_id).firstOrFail()
    const server = task.serverId === null ? null : await Server.find(task.serverId)
    await ctx.bouncer.with(ApplyPolicy).authorize('show', task, server?.contractId ?? null)
    return streamProgress(ctx, (signal) => watchProgress(task.id, signal))
  }
}

/** Streams that are being read. A stopping panel would wait for their end. */
const open = new Set<AbortController>()
app.terminating(() => open.forEach((end) => end.abort()))

type Watch = (
  signal: AbortSignal
) => AsyncIterable<Pick<TaskProgress, 'kind' | 'state' | 'message'>>

export function streamProgress({ i18n, response }: HttpContext, watch: Watch) {
  response.header('Content-Type', 'text/event-stream; charset=utf-8')
  // Proxies must not collect what should be seen at once
  response.header('X-Accel-Buffering', 'no')
  const end = new AbortController()
  open.add(end)
  response.response.on('close', () => {
    open.delete(end)
    end.abort()
  })
  return response.stream(Readable.from(eventsOf(watch(end.signal), i18n)))
}

async function* eventsOf(all: ReturnType<Watch>, i18n: I18n) {
  for await (const progress of all) {
    const { kind, state, message } = progress
    const usual = kind === 'power_server' ? 'power' : state
    const words = {
      text: message || i18n.t(`messages.applies.${usual}`),
      label: i18n.t(`messages.states.apply.${state}`),
    }
    yield `event: apply\ndata: ${JSON.stringify({ ...progress, ...words })}\n\n`
  }
}
