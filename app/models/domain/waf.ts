import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { Refusal } from '#exceptions/refusals'
import type { Actor } from '#models/actor'
import Domain from '#models/domain'
import { changeDomain } from '#models/domain/change'
import { isWafRule, type WafLevel } from '#models/domain/waf_rule'
import WafException from '#models/waf_exception'

/** `detect`: what would have been stopped is only noted. */
export const wafModes = ['off', 'detect', 'block'] as const
export type WafMode = (typeof wafModes)[number]

/** What the CRS knows about programs whose ordinary requests look like attacks. */
export const wafPrograms = [
  'none',
  'wordpress',
  'drupal',
  'nextcloud',
  'dokuwiki',
  'xenforo',
] as const
export type WafProgram = (typeof wafPrograms)[number]

export const mostWafExceptions = 100

/** OPT-12: what looks at the requests to a domain's site before its programs do. */
export interface WafSettings {
  readonly mode: WafMode
  readonly level: WafLevel
  readonly program: WafProgram
}

export interface WafWish {
  readonly rule: number
  /** As `checkWafPath` answered it; null: everywhere. */
  readonly path: string | null
}

export function wafOf({ wafMode, wafLevel, wafProgram }: Domain): WafSettings {
  const mode = (wafMode ?? 'off') as WafMode
  return { mode, level: wafLevel as WafLevel, program: wafProgram as WafProgram }
}

/** The verbs answer whether anything changed. */
export function setWaf(domain: Domain, wish: WafSettings, actor: Actor) {
  return change(domain, 'waf.update', actor, async (now) => {
    // What was never on leaves nothing on the server, not even that it is off
    const wafMode = now.wafMode === null && wish.mode === 'off' ? null : wish.mode
    now.merge({ wafMode, wafLevel: wish.level, wafProgram: wish.program })
    if (!now.$isDirty) return false
    await now.save()
    return true
  })
}

/** One rule no longer looks at one path, or at nothing. */
export function addWafException(domain: Domain, { rule, path }: WafWish, actor: Actor) {
  if (!isWafRule(rule)) throw new Refusal('waf_rule_is_unknown', 'rule')
  return change(domain, 'waf_exceptions.store', actor, async (now, client) => {
    const present = await WafException.of(now.id, client)
    if (present.some((each) => each.rule === rule && covers(each.path, path))) return false
    if (present.length >= mostWafExceptions) {
      throw new Refusal('waf_exceptions_are_full', 'rule', { limit: mostWafExceptions })
    }
    const row = { domainId: now.id, rule, path, createdBy: actor.by.login }
    await WafException.create(row, { client })
    return true
  })
}

export function removeWafException(domain: Domain, id: number, actor: Actor) {
  return change(domain, 'waf_exceptions.destroy', actor, async (now, client) => {
    const found = WafException.query({ client }).where({ id, domainId: now.id })
    const [gone] = [await found.delete()].flat()
    return Number(gone) > 0
  })
}

/** Whether what one path says says the other as well; `*` at the end is all below. */
export function covers(path: string | null, other: string | null): boolean {
  if (path === null || path === other) return true
  return other !== null && path.endsWith('*') && other.startsWith(path.slice(0, -1))
}

function change(
  domain: Domain,
  action: string,
  actor: Actor,
  work: (now: Domain, client: TransactionClientContract) => Promise<boolean>
): Promise<boolean> {
  return changeDomain(domain, { action, author: actor }, async (client, server) => {
    await server.refuseGone(domain, client)
    return work(await Domain.findOrFail(domain.id, { client }), client)
  })
}
