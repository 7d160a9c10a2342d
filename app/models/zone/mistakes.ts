import type { Finding } from '#models/zone/checks'
import type { ProblemData, RecordProblemKey } from '#models/zone/problem'
import type { ZoneLine } from '#models/zone/record'

/** What is wrong with one input of one row of a form. */
export interface RowMistake {
  /** Of the row in the form; null when the record is not in it. */
  readonly row: string | null
  readonly input: 'name' | 'ttl' | 'type' | 'content'
  readonly key: RecordProblemKey
  readonly data: ProblemData
  /** Of the record that isn't in the form. */
  readonly line?: ZoneLine
}

/** Records that can't be as they were typed; all of what is wrong with them. */
export class ZoneMistakes extends Error {
  constructor(readonly mistakes: readonly RowMistake[]) {
    super('records that cannot be')
    this.name = 'ZoneMistakes'
  }
}

const aboutTtl: readonly string[] = ['ttl', 'ttl_differs', 'short_ttl']
const aboutName: readonly string[] = [
  'cname_at_apex',
  'cname_beside_others',
  'doubled_zone_name',
  'hidden_by_delegation',
  'ns_at_apex',
  'wildcard_delegation',
]

export function inputOf({ key }: Pick<Finding, 'key'>): RowMistake['input'] {
  if (aboutTtl.includes(key)) return 'ttl'
  return aboutName.includes(key) ? 'name' : 'content'
}
