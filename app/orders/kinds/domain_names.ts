import { getDomain, getPublicSuffix } from 'tldts'
import { checkDomainName } from '#models/domain/domain_name'

/** M 3.1: 属性型 JP, gTLD/sTLD, 汎用 JP. */
export const nameCategories = ['jp_attribute', 'gtld', 'jp_general'] as const
export type NameCategory = (typeof nameCategories)[number]

export const daysOfRegistration = { jp_attribute: 8, gtld: 4, jp_general: 4 } as const

/** Of organisations, by what they are (JPRS). */
const attributes = ['co', 'or', 'ne', 'gr', 'ac', 'ed', 'go', 'ad', 'lg']

export interface OrderedName {
  readonly ascii: string
  readonly unicode: string
  readonly category: NameCategory
}

/** Null for what the provider can't get: names of other countries, parts of names, and what is no name at all. */
export function readOrderedName(typed: string): OrderedName | null {
  const checked = checkDomainName(typed)
  if ('problem' in checked || getDomain(checked.ascii) !== checked.ascii) return null
  const category = categoryOf(checked.ascii)
  return category && { ...checked, category }
}

function categoryOf(ascii: string): NameCategory | null {
  const suffix = getPublicSuffix(ascii) ?? ''
  const labels = suffix.split('.')
  const top = labels.at(-1) ?? ''
  if (top === 'jp') {
    return labels.length === 2 && attributes.includes(labels[0]) ? 'jp_attribute' : 'jp_general'
  }
  // Two letters are a country; all others are generic or sponsored (ICANN)
  return top.length > 2 && labels.length === 1 ? 'gtld' : null
}

/** ORD-05: NE.JP and GR.JP. */
export function isOnPaper({ ascii }: OrderedName) {
  return ['ne.jp', 'gr.jp'].includes(getPublicSuffix(ascii) ?? '')
}
