import { BlockList, isIPv4 } from 'node:net'
import type { Dns } from '#monitoring/dns'

/** The machine that sends a domain's mail. */
export interface SendingHost {
  readonly hostname: string
  readonly address: string | null
}

/** RFC 7208, 4.6.4: receivers ask no more than this, either. */
const mostQuestions = 10

export const isSpf = (text: string) => /^v=spf1( |$)/i.test(text)

/**
 * Whether a policy lets the host send (RFC 7208), whatever else it lets. Macros and `exists` count as
 * no: nobody needs them for a server of ours.
 */
export class SpfReader {
  #questions = 0

  constructor(
    private readonly host: SendingHost,
    private readonly dns: Dns
  ) {}

  async allows(policy: string, domain: string): Promise<boolean> {
    const terms = policy.toLowerCase().split(/ +/).slice(1)
    for (const term of terms) {
      if (/^[-~?]/.test(term)) continue
      if (await this.#matches(term.replace(/^\+/, ''), domain)) return true
    }
    return false
  }

  async #matches(term: string, domain: string): Promise<boolean> {
    const [, name, given] = /^([a-z0-9]+)(?:[:=]([^/]+))?/.exec(term) ?? []
    if (name === 'ip4') return this.#isIn(term.slice(4))
    const target = given ?? domain
    if (name === 'a' && target === this.host.hostname) return true
    if (!['a', 'mx', 'include', 'redirect'].includes(name)) return false
    if (/%/.test(target) || ++this.#questions > mostQuestions) return false
    if (name === 'a') return isOneOf(this.dns.addresses(target), this.host.address)
    if (name === 'mx') return isOneOf(this.dns.exchanges(target), this.host.hostname)
    const policies = await this.dns.texts(target, isSpf)
    return policies.length === 1 && this.allows(policies[0], target)
  }

  #isIn(network: string): boolean {
    const [first, length = '32'] = network.split('/')
    const { address } = this.host
    if (!address || !isIPv4(first) || !/^\d{1,2}$/.test(length) || Number(length) > 32) return false
    const list = new BlockList()
    list.addSubnet(first, Number(length))
    return list.check(address)
  }
}

async function isOneOf(answer: Promise<readonly string[]>, wanted: string | null) {
  const found = await answer
  return wanted !== null && found.includes(wanted)
}
