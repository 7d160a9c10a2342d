import { Resolver } from 'node:dns/promises'
import env from '#start/env'

/** Milliseconds for one question, and for all that one page asks. */
const patience = { question: 1500, page: 4000 }
/** There is such a name but no such record, or no such name. */
const empty = ['ENODATA', 'ENOTFOUND']

/**
 * Asks DNS for somebody who waits: once, briefly, past every cache of this machine's libraries. An
 * answer that says "nothing" is an empty list; one that does not come is an error.
 */
export class Dns {
  readonly #resolver = new Resolver({ timeout: patience.question, tries: 1 })

  private constructor(servers = env.get('DNS_SERVERS')) {
    if (servers) this.#resolver.setServers(servers.split(',').map((each) => each.trim()))
  }

  /** What is still asked when the time is over counts as not answered. */
  static async within<Result>(
    work: (dns: Dns) => Promise<Result>,
    milliseconds = patience.page,
    /** Whom to ask, instead of whom the panel always asks. */
    server?: string
  ): Promise<Result> {
    const dns = new Dns(server)
    const timer = setTimeout(() => dns.#resolver.cancel(), milliseconds)
    try {
      return await work(dns)
    } finally {
      clearTimeout(timer)
    }
  }

  /** Strings of one record belong together without a space. */
  async texts(name: string, wanted: (text: string) => boolean = () => true): Promise<string[]> {
    const records = await orNothing(this.#resolver.resolveTxt(name))
    return records.map((strings) => strings.join('')).filter(wanted)
  }

  /** Whom a name is delegated to; lower case, without a dot at the end. */
  async nameServers(name: string): Promise<string[]> {
    const names = await orNothing(this.#resolver.resolveNs(name))
    return names.map((each) => each.toLowerCase().replace(/\.$/, '')).toSorted()
  }

  /** As zone files write them. */
  async aliases(name: string): Promise<string[]> {
    const names = await orNothing(this.#resolver.resolveCname(name))
    return names.map((each) => `${each.toLowerCase()}.`)
  }

  /** With its preference, as zone files write it. */
  async exchangeRecords(name: string): Promise<string[]> {
    const records = await orNothing(this.#resolver.resolveMx(name))
    return records.map(({ priority, exchange }) => `${priority} ${exchange.toLowerCase()}.`)
  }

  /** Of the zone; null where the one who was asked has none. */
  async serial(name: string): Promise<number | null> {
    try {
      const { serial } = await this.#resolver.resolveSoa(name)
      return serial
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException
      if ([...empty, 'EREFUSED', 'ESERVFAIL'].includes(code)) return null
      throw error
    }
  }

  addresses(name: string): Promise<string[]> {
    return orNothing(this.#resolver.resolve4(name))
  }

  /** IPv6. */
  longAddresses(name: string): Promise<string[]> {
    return orNothing(this.#resolver.resolve6(name))
  }

  /** Lower case, the preferred one first; the null MX (RFC 7505) is an empty name. */
  async exchanges(name: string): Promise<string[]> {
    const records = await orNothing(this.#resolver.resolveMx(name))
    return records
      .toSorted((one, other) => one.priority - other.priority)
      .map(({ exchange }) => exchange.toLowerCase().replace(/\.$/, ''))
  }
}

async function orNothing<Record>(answer: Promise<Record[]>): Promise<Record[]> {
  try {
    return await answer
  } catch (error) {
    if (empty.includes((error as NodeJS.ErrnoException).code ?? '')) return []
    throw error
  }
}
