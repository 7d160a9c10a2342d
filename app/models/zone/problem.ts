/** What can be wrong with a record. Each has words that say what to do (`zones.problems`). */
export const recordProblems = [
  'control_characters',
  'open_quote',
  'bad_escape',
  'escaped_name',
  'too_long',
  'parenthesis',
  'unknown_type',
  'too_few_values',
  'too_many_values',
  'empty_value',
  'number',
  'ipv4',
  'ipv6',
  'name_empty_label',
  'name_label_too_long',
  'name_too_long',
  'name_characters',
  'host_name',
  'host_is_address',
  'target_is_root',
  'out_of_zone',
  'wildcard',
  'wildcard_delegation',
  'hexadecimal',
  'digest_length',
  'word',
  'caa_tag',
  'caa_issuer',
  'naptr_both',
  'svc_key',
  'svc_value',
  'svc_twice',
  'svc_alias',
  'svc_mandatory',
  'ttl',
  'ttl_differs',
  'twice',
  'cname_beside_others',
  'cname_twice',
  'cname_at_apex',
  'cname_loop',
  'ns_at_apex',
  'ns_without_address',
  'target_is_alias',
  'target_without_address',
  'hidden_by_delegation',
  'ds_without_ns',
  'two_spf',
  'spf_look_ups',
  'not_ascii',
  'private_address',
  'short_ttl',
  'doubled_zone_name',
  'too_many_records',
  'zone_too_large',
  'gone',
] as const

export type RecordProblemKey = (typeof recordProblems)[number]

/** Values that the words are filled in with. */
export type ProblemData = Readonly<Record<string, string | number>>

/** One record, or one value of it, cannot be what was typed. */
export class RecordProblem extends Error {
  constructor(
    readonly key: RecordProblemKey,
    readonly data: ProblemData = {},
    /** Which of a record's inputs. */
    readonly field: 'name' | 'ttl' | 'type' | 'content' = 'content'
  ) {
    super(key)
    this.name = 'RecordProblem'
  }
}
