import app from '@adonisjs/core/services/app'
import logger from '@adonisjs/core/services/logger'
import { AgentRefusal } from '#convergence/agent/client'
import { UntrustedReply } from '#convergence/agent/frames'
import { closeQuestions, Questions, TooManyQuestions } from '#convergence/transports/questions'
import { SshTransport } from '#convergence/transports/ssh'
import { Unreachable } from '#convergence/transports/transport'
import { panelKey } from '#compute/panel_key'
import { Refusal } from '#exceptions/refusals'
import type Server from '#models/server'

app.terminating(() => closeQuestions())

type Given = Readonly<Record<string, unknown>>
type Asker = (server: Server, question: string, given: Given, owner: string) => Promise<unknown>

/** `unreachable`: it does not answer; `busy`: too many ask; `refused`: it could not, or told what makes no sense. */
export type NoAnswer = 'unreachable' | 'busy' | 'refused'

export type Answer<Value> =
  | { readonly value: Value; readonly problem?: undefined }
  | { readonly value?: undefined; readonly problem: NoAnswer }

const refusals: Readonly<Record<NoAnswer, () => Refusal>> = {
  unreachable: () => new Refusal('server_unreachable'),
  busy: () => new Refusal('server_busy'),
  refused: () => new Refusal('server_refused'),
}

/** What somebody asked for was not done. */
export const refusalFor = (problem: NoAnswer): Refusal => refusals[problem]()

let asker: Asker = askServer

/** Other answers than those of real servers, until the function that is returned is called; tests only. */
export function answerWith(other: Asker) {
  asker = other
  return () => {
    asker = askServer
  }
}

/**
 * What a server answers to a question of a page, within three seconds. `read` checks the shape:
 * servers are untrusted speakers. A domain's questions wait for each other. Whatever goes wrong there is a value, so that the page is shown.
 */
export async function inquire<Value>(
  server: Server,
  question: string,
  given: Given & { readonly domain: string },
  read: (answer: unknown) => Value
): Promise<Answer<Value>> {
  try {
    return { value: read(await asker(server, question, given, given.domain)) }
  } catch (error) {
    const problem = problemOf(error)
    if (problem === undefined) throw error
    if (problem === 'refused') logger.warn({ err: error, server: server.name }, `asked ${question}`)
    return { problem }
  }
}

async function askServer(server: Server, question: string, given: Given, owner: string) {
  const { address, sshPort: port, hostKey } = server
  if (!address || !hostKey) throw new Unreachable(`${server.name} is not built yet`)
  const { privateKey } = await panelKey()
  const transport = new SshTransport({ address, port, hostKey, privateKey, timeoutMs: 3000 })
  return new Questions(transport).ask(question, given, owner)
}

function problemOf(error: unknown): NoAnswer | undefined {
  if (error instanceof Unreachable) return 'unreachable'
  if (error instanceof TooManyQuestions) return 'busy'
  if (error instanceof AgentRefusal && error.code === 'E_TOO_SLOW') return 'busy'
  if (error instanceof AgentRefusal || error instanceof UntrustedReply) return 'refused'
  return undefined
}
