import { UntrustedReply } from '#convergence/agent/frames'
import { integerOf, listOf, oneOf, recordOf } from '#convergence/agent/shapes'
import type Domain from '#models/domain'
import { shownText } from '#monitoring/mail/shown_text'
import { inquire, type Answer } from '#monitoring/questions'

export const wafEventsPerPage = 100

/** A request that was stopped, or would have been. What is in it was chosen by whoever sent it. */
export interface WafEvent {
  readonly at: Date
  readonly id: string
  readonly from: string
  readonly method: string
  readonly host: string
  readonly path: string
  readonly query: string
  readonly agent: string
  readonly outcome: 'blocked' | 'detected'
  /** What its rules gave it; from five on it is stopped. */
  readonly points: number
  readonly rules: readonly WafMatch[]
}

export interface WafMatch {
  readonly rule: number
  /** `ARGS:name`; empty where the rule does not say. */
  readonly target: string
  /** What looked like an attack; empty where it may be a secret. */
  readonly data: string
}

export interface WafDay {
  /** `2026-11-22`, in Japan. */
  readonly day: string
  readonly blocked: number
  readonly detected: number
  /** Too many at once to be kept. */
  readonly unkept: number
}

export interface WafEvents {
  readonly events: readonly WafEvent[]
  readonly isMore: boolean
  /** Newest first. */
  readonly days: readonly WafDay[]
}

export interface WafSearch {
  readonly outcome: '' | 'blocked' | 'detected'
  readonly rule: number
  readonly address: string
  readonly skip: number
}

/** OPT-12: newest first. */
export function wafEventsOf(domain: Domain, search: WafSearch): Promise<Answer<WafEvents>> {
  const given = { domain: domain.name, id: domain.id, ...search }
  return inquire(domain.server, 'waf_events', given, (answer) => {
    const { events, more, days } = recordOf(answer)
    if (typeof more !== 'boolean') throw new UntrustedReply('truth expected')
    return {
      events: listOf(events, wafEventsPerPage, eventOf),
      isMore: more,
      days: daysOf(recordOf(days)),
    }
  })
}

function eventOf(value: unknown): WafEvent {
  const { at, points, outcome, rules, ...texts } = recordOf(value)
  return {
    at: new Date(integerOf(at, 2 ** 40) * 1000),
    id: shownText(texts.id, 50),
    from: shownText(texts.from, 50),
    method: shownText(texts.method, 30),
    host: shownText(texts.host, 300),
    path: shownText(texts.path, 600),
    query: shownText(texts.query, 600),
    agent: shownText(texts.agent, 400),
    outcome: oneOf(outcome, ['blocked', 'detected']),
    points: integerOf(points),
    rules: listOf(rules, 20, matchOf),
  }
}

function matchOf(value: unknown): WafMatch {
  const { rule, target, data } = recordOf(value)
  return {
    rule: integerOf(rule),
    target: shownText(target, 100),
    data: data === undefined ? '' : shownText(data, 300),
  }
}

function daysOf(days: Record<string, unknown>): WafDay[] {
  const known = Object.entries(days).filter(([day]) => /^\d{4}-\d\d-\d\d$/.test(day))
  return known
    .map(([day, value]) => {
      const { blocked = 0, detected = 0, unkept = 0 } = recordOf(value)
      const counts = [blocked, detected, unkept].map((count) => integerOf(count))
      return { day, blocked: counts[0]!, detected: counts[1]!, unkept: counts[2]! }
    })
    .sort((one, other) => (one.day < other.day ? 1 : -1))
    .slice(0, 31)
}
