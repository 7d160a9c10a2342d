import { ComputeError } from '#compute/errors'
import { computeFor } from '#compute/index'
import { integerOf, recordOf } from '#convergence/agent/shapes'
import type Domain from '#models/domain'
import type Server from '#models/server'
import { inquire, type Answer } from '#monitoring/questions'

/** How much of a limit is used (PNL-05). `percent` is null where there is no limit. */
export interface Usage {
  readonly usedBytes: number
  readonly limitBytes: number | null
  readonly percent: number | null
}

interface Mailbox {
  readonly id: number
  readonly localPart: string
  readonly quotaMb: number
}

/** By id of the mailbox; those that the server knows nothing of are missing. One question, whatever their number. */
export async function mailboxUsages(
  server: Server,
  domain: Domain,
  mailboxes: readonly Mailbox[]
): Promise<Answer<ReadonlyMap<number, Usage>>> {
  const ids = new Map(mailboxes.map((each) => [`${each.localPart}@${domain.name}`, each]))
  if (ids.size === 0) return { value: new Map() }
  return inquire(
    server,
    'mail_usage',
    { domain: domain.name, users: [...ids.keys()] },
    (answer) => {
      const told = Object.entries(recordOf(answer)).filter(([address]) => ids.has(address))
      return new Map(
        told.map(([address, kib]) => {
          const { id, quotaMb } = ids.get(address)!
          return [id, usageOf(integerOf(kib, 2 ** 40) * 1024, quotaMb * 2 ** 20)]
        })
      )
    }
  )
}

interface Reading {
  readonly at: number
  readonly usages: ReturnType<typeof readVolumes>
}

/** Answers that are younger than this serve everybody who looks. */
const freshMs = 15_000
const readings = new Map<number, Reading>()

/** What is in the domain's volume; null where nobody can know. */
export async function domainUsage(server: Server, domain: Domain): Promise<Usage | null> {
  const usages = await volumesOf(server)
  const volume = usages?.get(domain.unixName)
  return volume ? usageOf(volume.usedBytes, volume.sizeBytes) : null
}

/** For whoever is about to write as much as there is room for: what was read a moment ago says nothing. */
export function usageNow(server: Server, domain: Domain): Promise<Usage | null> {
  readings.delete(server.id)
  return domainUsage(server, domain)
}

/** All domains of a server are read at once, by whoever looks first. */
function volumesOf(server: Server) {
  const known = readings.get(server.id)
  if (known && Date.now() - known.at < freshMs) return known.usages
  const usages = readVolumes(server)
  readings.set(server.id, { at: Date.now(), usages })
  return usages
}

async function readVolumes(server: Server) {
  try {
    const compute = await computeFor(server)
    return await within(3000, compute.volumeUsages())
  } catch (error) {
    if (error instanceof ComputeError) return null
    throw error
  }
}

/** The page does not wait longer; who looks next finds what came late. */
async function within<Value>(ms: number, work: Promise<Value>): Promise<Value | null> {
  const { promise, resolve } = Promise.withResolvers<null>()
  const late = setTimeout(() => resolve(null), ms)
  work.catch(() => {})
  return Promise.race([work, promise]).finally(() => clearTimeout(late))
}

function usageOf(usedBytes: number, limitBytes: number): Usage {
  if (limitBytes === 0) return { usedBytes, limitBytes: null, percent: null }
  return { usedBytes, limitBytes, percent: Math.min(100, (usedBytes / limitBytes) * 100) }
}
