import i18nManager from '@adonisjs/i18n/services/main'
import vine from '@vinejs/vine'
import { wafModes, wafPrograms } from '#models/domain/waf'
import { checkWafPath } from '#models/domain/waf_path'
import { isWafRule, wafLevels } from '#models/domain/waf_rule'
import type { WafSearch } from '#monitoring/web/waf_events'

export const waf = vine.create({
  mode: vine.enum(wafModes),
  level: vine.enum(wafLevels.map(String)),
  program: vine.enum(wafPrograms),
})

const say = (key: string) => i18nManager.locale(i18nManager.defaultLocale).t(key)

const knownRule = vine.createRule((typed: unknown, _: undefined, field) => {
  const number = String(typed).normalize('NFKC')
  if (!/^\d{1,9}$/.test(number) || !isWafRule(Number(number))) {
    field.report(say('messages.refusals.waf_rule_is_unknown'), 'waf_rule', field)
  } else field.mutate(number, field)
})

/** Looked at where it counts: for the whole site nobody asks what was left in the field. */
const path = vine.createRule((typed: unknown, _: undefined, field) => {
  if (field.data.scope === 'site') return
  const check = checkWafPath(String(typed ?? ''))
  if ('problem' in check) field.report(say(`waf.path_problems.${check.problem}`), 'path', field)
})

export const wafException = vine.create({
  rule: vine.string().maxLength(20).use(knownRule()),
  scope: vine.enum(['path', 'site']),
  path: vine
    .string()
    .maxLength(2000)
    .use(path())
    .nullable()
    .optional()
    .requiredWhen('scope', '=', 'path'),
})

export function pathOf(input: { scope: string; path?: string | null }): string | null {
  if (input.scope === 'site') return null
  const check = checkWafPath(input.path ?? '')
  return 'value' in check ? check.value : null
}

/** What pages take from the address. Nonsense counts as absent. */
const wish = vine.create({
  rule: vine.number().withoutDecimals().optional(),
  path: vine.string().maxLength(2000).optional(),
})

export async function readWafWish(input: Record<string, unknown>) {
  const [, read] = await wish.tryValidate(input)
  const check = checkWafPath(read?.path ?? '')
  return {
    rule: read?.rule !== undefined && isWafRule(read.rule) ? read.rule : null,
    path: 'value' in check ? check.value : '',
  }
}

const search = vine.create({
  outcome: vine.enum(['blocked', 'detected']).optional(),
  rule: vine.number().withoutDecimals().min(0).max(1e9).optional(),
  address: vine.string().maxLength(60).optional(),
  skip: vine.number().withoutDecimals().min(0).max(100_000).optional(),
})

export async function readWafSearch(input: Record<string, unknown>): Promise<WafSearch> {
  const [, read] = await search.tryValidate(input)
  const address = read?.address?.normalize('NFKC').trim() ?? ''
  return {
    outcome: (read?.outcome ?? '') as WafSearch['outcome'],
    rule: read?.rule ?? 0,
    address: /^[0-9a-f.:]{2,45}$/i.test(address) ? address : '',
    skip: read?.skip ?? 0,
  }
}
