import { readFile } from 'node:fs/promises'
import { BenchFailure } from '#tests/load/bench'

/** What `storage/compute.json` says, with names and addresses that only benches use. */
export interface ComputeFacts {
  readonly socket: string
  readonly project: string
  readonly pool: string
  readonly bridge: string
  readonly cidr: string
  readonly gateway: string
  readonly prefixLength: number
  readonly image: string
  /** Of every instance and volume that a bench makes. */
  readonly prefix: string
  /** Of the range for tests, from its end; whether somebody has one now is not known here. */
  readonly addresses: readonly string[]
}

export async function computeFacts(file: string): Promise<ComputeFacts> {
  const facts = JSON.parse(await readFile(file, 'utf8'))
  if (facts.driver === 'none') throw new BenchFailure(`no servers here: ${facts.reason}`)
  const first = numberOf(facts.firstTestAddress)
  const last = numberOf(facts.lastTestAddress)
  return {
    ...facts,
    prefix: String(facts.prefix).replace(/^tsukasa-/, 'tsukasa-bench-'),
    addresses: Array.from({ length: last - first + 1 }, (_, index) => addressOf(last - index)),
  }
}

function numberOf(address: string) {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}

function addressOf(number: number) {
  return [24, 16, 8, 0].map((bits) => Math.floor(number / 2 ** bits) % 256).join('.')
}
