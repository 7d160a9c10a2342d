import { LxdClient, record } from '#compute/lxd/client'
import { ComputeError } from '#compute/errors'
import type { Node } from '#compute/machine'

/** SRV-01: what a compute node has and uses now; mebibytes. */
export interface NodeReading {
  readonly cores: number
  readonly memoryMb: number
  readonly freeMemoryMb: number
  /** Of the pool where servers lie. */
  readonly diskMb: number
  readonly freeDiskMb: number
  /** E.g. `lxd 5.0.2`. */
  readonly daemon: string
  /** Beginning of the fingerprint of the image for new servers; null where there is none, and so no new server. */
  readonly imageVersion: string | null
}

const timeoutS = 10

/** Rejects with a ComputeError; an answer that can't be is `garbled`. */
export async function readNode(node: Node): Promise<NodeReading> {
  const client = new LxdClient(node)
  const metadata = async (path: string) => {
    const answer = await client.get(path, { timeoutS })
    return record(answer.metadata)
  }
  const [resources, pool, host, alias] = await Promise.all([
    metadata('/1.0/resources'),
    metadata(`/1.0/storage-pools/${encodeURIComponent(node.pool)}/resources`),
    metadata('/1.0'),
    client.find(`/1.0/images/aliases/${encodeURIComponent(node.image)}`, { timeoutS }),
  ])
  const memory = record(resources.memory)
  const space = record(pool.space)
  const { server, server_version: version } = record(host.environment)
  return {
    cores: amount(record(resources.cpu).total),
    ...sizes(memory, 'memoryMb', 'freeMemoryMb'),
    ...sizes(space, 'diskMb', 'freeDiskMb'),
    daemon: oneWord(`${word(server)} ${word(version)}`),
    imageVersion: alias ? word(record(alias.metadata).target).slice(0, 12) : null,
  } as NodeReading
}

function sizes(part: Record<string, unknown>, whole: string, free: string) {
  const [total, used] = [amount(part.total), amount(part.used)]
  const inMb = (bytes: number) => Math.floor(Math.max(0, bytes) / 2 ** 20)
  return { [whole]: inMb(total), [free]: inMb(total - used) }
}

function amount(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw new ComputeError('garbled', 'a figure of the node is none')
}

function word(value: unknown): string {
  if (typeof value === 'string' && /^[\w.+~-]{1,128}$/.test(value)) return value
  throw new ComputeError('garbled', 'a word of the node is none')
}

function oneWord(text: string) {
  return text.slice(0, 64)
}
