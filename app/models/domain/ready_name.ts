import db from '@adonisjs/lucid/services/db'
import { readyLabelLength, readySuffixes, reservedLabels } from '#config/domains'

/** Why a label cannot be had below one of the provider's names. Each has a message that says what to do. */
export const readyNameProblems = [
  'empty',
  'whole_name',
  'japanese',
  'characters',
  'hyphens',
  'too_short',
  'too_long',
  'reserved',
  'suffix',
] as const

export type ReadyNameProblem = (typeof readyNameProblems)[number]

interface Name {
  readonly ascii: string
  readonly unicode: string
}

/** What is wrong with the label, in the order in which it helps most to hear of it. */
const problems: readonly (readonly [ReadyNameProblem, (label: string) => boolean])[] = [
  ['empty', (label) => label === ''],
  ['whole_name', (label) => label.includes('.')],
  ['japanese', (label) => !/^\p{ASCII}*$/u.test(label)],
  ['characters', (label) => /[^a-z0-9-]/.test(label)],
  // `--` in places three and four is what Japanese names are written with (RFC 5891): no label may look like one
  ['hyphens', (label) => /^-|-$|--/.test(label)],
  ['too_short', (label) => label.length < readyLabelLength.least],
  ['too_long', (label) => label.length > readyLabelLength.most],
  ['reserved', (label) => reservedLabels.some((reserved) => reserved.test(label))],
]

/** DOM-02: reads a label as a customer types it. Whether it is taken is asked elsewhere. */
export function checkReadyName(
  typed: string,
  suffix: string
): Name | { readonly problem: ReadyNameProblem } {
  const label = typed.trim().toLowerCase()
  const problem = problems.find(([, isWrong]) => isWrong(label))?.[0]
  if (problem) return { problem }
  if (!readySuffixes.some((each) => each === suffix)) return { problem: 'suffix' }
  const name = `${label}.${suffix}`
  return { ascii: name, unicode: name }
}

/** By anybody, also while it waits for its deletion. */
export async function isReadyNameTaken({ ascii }: Name): Promise<boolean> {
  return (await db.from('domains').where('name', ascii).select('id').first()) !== null
}
