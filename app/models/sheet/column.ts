import { longestPasswordBytes } from '#models/account/password'
import { problemOfPassword } from '#models/account/password_strength'
import type { AddressCheck } from '#models/mail_address'
import { longestList, readAddressList } from '#models/mail_address/list'
import { checkLocalPart } from '#models/mailbox/local_part'
import { checkListName } from '#models/mailing_list/name'
import { isProblem, shortened, type Problem } from '#models/sheet/problem'
import type { Value } from '#models/sheet/sheet'
import { say } from '#models/sheet/words'

/** What the cells of one row are read with. */
export interface CellContext {
  /** The domain's name in A-labels. */
  readonly domain: string
  /** PNL-05: what the domain has of the disk. */
  readonly mostMb: number
  /** As it stands in the first column. */
  readonly key: string
}

export interface Column {
  readonly key: string
  /** Never in a download, a preview or a list of mistakes. */
  readonly isSecret?: boolean
  /** Several mistakes of one cell: of a list each. */
  read(text: string, context: CellContext): Value | readonly Problem[]
  print(value: Value): string
  /** What templates show. */
  readonly example: string
}

/** Of one cell: more than these are not looked at one by one. */
const mostEntries = 1_000

export const titleOf = ({ key }: Pick<Column, 'key'>) => say(`columns.${key}`)

const hidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029]/u
const plain = (text: string) => text.normalize('NFKC').trim()
const asText = (value: Value) => String(value ?? '')

/** The user that a row is about. The domain admin has an ID that nobody else can have. */
export function localPartColumn(example: string, { admin = true } = {}): Column {
  return {
    key: 'local_part',
    example,
    print: asText,
    read(text) {
      const check = checkLocalPart(text)
      if ('localPart' in check) return check.localPart
      if (check.problem === 'admin' && admin) return 'admin'
      return [{ key: `messages.mailboxes.problems.${check.problem}` }]
    },
  }
}

/** The mailing list that a row is about (MAIL-06). */
export function listNameColumn(example: string): Column {
  return {
    key: 'list_name',
    example,
    print: asText,
    read(text) {
      const check = checkListName(text)
      if ('localPart' in check) return check.localPart
      return [{ key: `messages.mailing_lists.problems.${check.problem}` }]
    },
  }
}

/** One address. */
export function addressColumn(
  key: string,
  example: string,
  check: (typed: string) => AddressCheck
): Column {
  return {
    key,
    example,
    print: asText,
    read(text) {
      const found = check(text)
      if ('value' in found) return found.value
      return [{ key: `messages.addresses.problems.${found.problem}` }]
    },
  }
}

/** A row without it does nothing: who uploads what he has just downloaded deletes nothing. */
export function deletionColumn(): Column {
  const mark = choiceColumn('deletion', ['delete'])
  return {
    key: mark.key,
    get example() {
      return mark.example
    },
    print: (value) => (value === null ? '' : mark.print(value)),
    read: (text, context) => (text.trim() === '' ? null : mark.read(text, context)),
  }
}

/** Empty: none is set. The rules are those of the forms. */
export function passwordColumn(example: string): Column {
  return {
    key: 'password',
    isSecret: true,
    example,
    print: () => '',
    read(text, { key, domain }) {
      if (text === '') return null
      const login = key.trim().toLowerCase()
      const problem = problemOfPassword(text, [login, `${login}@${domain}`])
      const data = { max: longestPasswordBytes }
      return problem ? [{ key: `messages.passwords.problems.${problem}`, data }] : text
    },
  }
}

export function textColumn(key: string, example: string, longest = 100): Column {
  return {
    key,
    example,
    print: asText,
    read(text) {
      const typed = text.trim()
      if (hidden.test(typed)) return [{ key: 'messages.problems.control_characters' }]
      if (typed.length > longest) return [{ key: 'too_long', data: { max: longest } }]
      return typed === '' ? null : typed
    },
  }
}

/** PNL-05, in MB. `1,024` is what spreadsheets make of 1024. */
export function quotaColumn(example: string, { optional = false } = {}): Column {
  return {
    key: 'quota_mb',
    example,
    print: asText,
    read(text, { mostMb }) {
      const typed = plain(text).replaceAll(',', '')
      if (typed === '' && optional) return null
      const size = /^\d{1,9}$/.test(typed) ? Number(typed) : 0
      const isWithin = size >= 1 && size <= mostMb
      return isWithin ? size : [{ key: 'messages.problems.size', data: { min: 1, max: mostMb } }]
    },
  }
}

/** One of a few words. `values` in the order in which they are told to those who typed another. */
export function choiceColumn(key: string, values: readonly (string | boolean)[]): Column {
  const wordOf = (value: string | boolean) => say(`values.${key}.${value}`)
  return {
    key,
    get example() {
      return wordOf(values[0])
    },
    print: (value) => wordOf(value as string | boolean),
    read(text) {
      const typed = plain(text).toLowerCase()
      const found = values.find((value) => plain(wordOf(value)).toLowerCase() === typed)
      if (found !== undefined) return found
      return [{ key: 'choice', data: { words: values.map(wordOf).join('・') } }]
    },
  }
}

/** ON / OFF. */
export const switchColumn = (key: string) => choiceColumn(key, [true, false])

/** MAIL-05, MAIL-07, MAIL-08: addresses one a line within the cell, or with commas between them. */
export function addressesColumn(
  key: string,
  example: string,
  check: (typed: string) => AddressCheck,
  { own = false, most = longestList } = {}
): Column {
  return {
    key,
    example,
    print: (value) => (value as readonly string[]).join('\n'),
    read(text, { key: localPart, domain }) {
      const address = `${localPart.trim().toLowerCase()}@${domain}`
      const count = text.split(/[\r\n,、，;；]/).filter((typed) => typed.trim() !== '').length
      const tooMany = { key: 'messages.addresses.too_many', data: { count, max: most } }
      if (count > mostEntries) return [tooMany]
      const { values, mistakes } = readAddressList(text.replaceAll(/[;；]/g, '\n'), (typed) => {
        const found = check(typed)
        return own && 'value' in found && found.value === address ? { problem: 'own' } : found
      })
      const problems: Problem[] = mistakes.map(({ typed, problem }) => ({
        key: `messages.addresses.problems.${problem}`,
        typed: shortened(typed),
      }))
      if (values.length > most) {
        const data = { count: values.length, max: most }
        problems.push({ key: 'messages.addresses.too_many', data })
      }
      return problems.length > 0 ? problems : [...values].sort()
    },
  }
}

export function problemsOf(cell: Value | readonly Problem[]): readonly Problem[] {
  return Array.isArray(cell) && cell.length > 0 && isProblem(cell[0]) ? cell : []
}
