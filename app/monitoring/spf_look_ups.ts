import { Dns } from '#monitoring/dns'
import { isSpf, textOf } from '#models/zone/checks'
import type { RowMistake } from '#models/zone/mistakes'
import { absoluteOf } from '#models/zone/name'
import type { ZoneLine } from '#models/zone/record'

/** RFC 7208, 4.6.4: receivers that have to ask more often give up, and the mail counts as unproved. */
export const mostLookUps = 10

/** Of what is typed at the moment; somebody waits. */
const patience = { milliseconds: 2500, policies: 2 }

/** OPT-10: SPF policies that make receivers ask too often. What DNS doesn't answer counts as asked once. */
export async function spfLookUps(
  rows: readonly (readonly [string, ZoneLine])[],
  zone: string
): Promise<RowMistake[]> {
  const policies = rows.filter(([, line]) => line.type === 'TXT' && isSpf(textOf(line)))
  const found = await Promise.all(
    policies.slice(0, patience.policies).map(async ([row, line]) => {
      const count = await countLookUps(textOf(line), absoluteOf(line.name, zone))
      if (count <= mostLookUps) return []
      const data = { most: mostLookUps }
      return [{ row, input: 'content' as const, key: 'spf_look_ups' as const, data }]
    })
  )
  return found.flat()
}

/** Up to one more than there may be. */
export function countLookUps(policy: string, domain: string): Promise<number> {
  return Dns.within((dns) => new LookUps(dns).of(policy, domain), patience.milliseconds)
}

class LookUps {
  #count = 0

  constructor(private readonly dns: Dns) {}

  async of(policy: string, domain: string): Promise<number> {
    for (const term of policy.toLowerCase().split(/ +/).slice(1)) {
      if (this.#count > mostLookUps) break
      await this.#ask(term.replace(/^[-+~?]/, ''), domain)
    }
    return this.#count
  }

  async #ask(term: string, domain: string) {
    const [, name = '', given = domain] = /^([a-z0-9]+)(?:[:=]([^/]+))?/.exec(term) ?? []
    if (!['a', 'mx', 'ptr', 'exists', 'include', 'redirect'].includes(name)) return
    this.#count++
    if (!['include', 'redirect'].includes(name) || given.includes('%')) return
    const [policy] = await this.dns.texts(given, isSpf).catch(() => [])
    if (policy) await this.of(policy, given)
  }
}
