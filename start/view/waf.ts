import type { WafMatch, WafSearch } from '#monitoring/web/waf_events'
import { checkWafPath } from '#models/domain/waf_path'
import { isWafRule, wafGroupOf } from '#models/domain/waf_rule'

type Translate = (key: string, data?: Record<string, unknown>) => string

/** What pages say about rules of the WAF (OPT-12). */
export function wafWordsOf(t: Translate) {
  const group = (rule: number) => (isWafRule(rule) ? `waf.groups.${wafGroupOf(rule)}` : null)
  const explanation = (rule: number) => (group(rule) ? t(`${group(rule)}.text`) : '')
  return {
    isWafRule,
    wafRuleName: (rule: number) =>
      isWafRule(rule) ? t(`waf.rules.${rule}`) : t('waf.unknown_rule', { rule }),
    wafGroupName: (rule: number) => (group(rule) ? t(`${group(rule)}.name`) : ''),
    wafExplanation: explanation,
    /** Of what several rules look for, each once. */
    wafExplanations: (rules: readonly WafMatch[]) =>
      [...new Set(rules.map(({ rule }) => explanation(rule)))].filter((text) => text !== ''),
    wafTargetName,
    wafPath,
    wafQuery: (rule: number, path: string) =>
      String(new URLSearchParams({ rule: String(rule), path: wafPath(path) })),
    wafEventsUrl,
  }
}

const targets: readonly (readonly [RegExp, string])[] = [
  [/^ARGS(?:_GET|_POST)?:(.*)$/, '項目「$1」'],
  [/^ARGS(?:_GET|_POST)?_NAMES/, '項目の名前'],
  [/^REQUEST_COOKIES:(.*)$/, 'Cookie「$1」'],
  [/^REQUEST_COOKIES_NAMES/, 'Cookieの名前'],
  [/^REQUEST_HEADERS:(.*)$/, 'ヘッダ「$1」'],
  [/^REQUEST_HEADERS/, 'ヘッダ'],
  [/^(?:REQUEST_FILENAME|REQUEST_BASENAME|REQUEST_URI(?:_RAW)?|REQUEST_LINE)/, 'URL'],
  [/^(?:FILES|MULTIPART)/, '送信されたファイル'],
  [/^XML/, 'XML'],
  [/^REQUEST_BODY/, '本文'],
  [/^REQUEST_METHOD/, 'メソッド'],
]

function wafTargetName(target: string) {
  const [pattern, name] = targets.find(([each]) => each.test(target)) ?? []
  return pattern ? target.replace(pattern, name!) : target
}

/** As an exception has it; empty where there can be none for it. */
function wafPath(path: string) {
  const check = checkWafPath(path)
  return 'value' in check ? check.value : ''
}

function wafEventsUrl({ outcome, rule, address, skip }: WafSearch, shown: number) {
  const kept = { outcome, rule: rule ? String(rule) : '', address, skip: String(skip + shown) }
  return `?${new URLSearchParams(Object.entries(kept).filter(([, value]) => value !== ''))}`
}
