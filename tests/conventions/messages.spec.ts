import { readFileSync } from 'node:fs'
import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'
import { databaseNameProblems } from '#models/database/name'
import { transferProblems } from '#models/database_transfer'
import { domainNameProblems } from '#models/domain/domain_name'
import { htaccessGroups } from '#models/domain/htaccess_directive'
import { phpSettings } from '#models/domain/php_setting'
import { wafModes, wafPrograms } from '#models/domain/waf'
import { wafGroupOf, wafLevels, wafRules } from '#models/domain/waf_rule'
import { addressProblems } from '#models/mail_address'
import { rangeProblems } from '#models/address_pool/range'
import { sourceProblems } from '#models/ip_source'
import { localPartProblems } from '#models/mailbox/local_part'
import { listNameProblems } from '#models/mailing_list/name'
import { addressProblems as zoneAddressProblems } from '#models/zone/primaries'
import { recordProblems } from '#models/zone/problem'
import { recordTypes } from '#models/zone/types'
import { fileNotes, fileProblems } from '#models/zone/zone_file'
import { reverseNameProblems } from '#models/zone/zone_name'
import { filesBelow } from '#tests/support/project_files'
import { passwordProblems } from '#models/account/password_strength'

const load = (name: string) =>
  JSON.parse(readFileSync(app.makePath(`resources/lang/ja/${name}.json`), 'utf8'))
/** What a page has many words about has a file of its own. */
const files = ['messages', 'php', 'htaccess', 'waf', 'prices', 'staff']
const messages = load('messages')
const validator = load('validator')

const sources = [...filesBelow('app', '.ts'), ...filesBelow('start', '.ts')].map((path) =>
  readFileSync(app.makePath(path), 'utf8')
)

function captured(pattern: RegExp) {
  return [
    ...new Set(sources.flatMap((text) => [...text.matchAll(pattern)].map(([, each]) => each))),
  ]
}

function lookUp(key: string): unknown {
  return key.split('.').reduce<any>((found, part) => found?.[part], messages)
}

test.group('Messages', () => {
  test('every problem of a name, an ID, an address and a password has its words', ({ assert }) => {
    assert.sameMembers(Object.keys(messages.addresses.problems), [...addressProblems])
    assert.sameMembers(Object.keys(messages.databases.problems), [...databaseNameProblems])
    assert.sameMembers(Object.keys(messages.databases.transfers.problems), [...transferProblems])
    assert.sameMembers(Object.keys(messages.domains.problems), [...domainNameProblems])
    assert.sameMembers(Object.keys(messages.mailboxes.problems), [...localPartProblems])
    assert.sameMembers(Object.keys(messages.mailing_lists.problems), [...listNameProblems])
    assert.sameMembers(Object.keys(messages.address_ranges.problems), [...rangeProblems])
    assert.sameMembers(Object.keys(messages.sources.problems), [...sourceProblems])
    assert.sameMembers(Object.keys(messages.passwords.problems), [...passwordProblems])
    assert.sameMembers(Object.keys(messages.zones.problems), [...recordProblems])
    assert.sameMembers(Object.keys(messages.zones.file_problems), [...fileProblems])
    assert.sameMembers(Object.keys(messages.zones.file_notes), [...fileNotes])
    assert.sameMembers(Object.keys(messages.zones.name_problems), [...reverseNameProblems])
    assert.sameMembers(Object.keys(messages.zones.address_problems), [...zoneAddressProblems])
    assert.sameMembers(Object.keys(messages.zones.uses), [...recordTypes])
    const publications = Object.keys(messages.states.publication)
    assert.sameMembers(Object.keys(messages.zones.progress), publications)
  })

  test('every refusal has its words', ({ assert }) => {
    const refusals = captured(/new Refusal\(\s*'(\w+)'/g)
    assert.isNotEmpty(refusals)
    assert.sameMembers(refusals, Object.keys(messages.refusals))
  })

  test('every operation that is logged has a name', ({ assert }) => {
    const operations = captured(/'([a-z_]+\.(?:store|update|destroy))'/g)
    assert.deepEqual(
      operations.filter((each) => lookUp(`operations.${each}`) === undefined),
      []
    )
  })

  test('every key that is used is there', ({ assert }) => {
    const used = captured(/\bt\('messages\.([a-z_.]+)'/g)
    assert.isNotEmpty(used)
    assert.deepEqual(
      used.filter((key) => typeof lookUp(key) !== 'string'),
      []
    )
  })

  test('WEB-01, WEB-03: every setting of php.ini and every group of directives has its words', ({
    assert,
  }) => {
    const { choices, ...php } = load('php')
    for (const setting of phpSettings) {
      const key = setting.name.replaceAll('.', '__')
      assert.sameMembers(Object.keys(php[key]), ['name', 'note'], key)
      if (setting.kind === 'number' || setting.values.includes('Off')) continue
      assert.sameMembers(Object.keys(choices[key]), [...setting.values], key)
    }
    const groups = htaccessGroups.map(({ key }) => key)
    assert.sameMembers(Object.keys(load('htaccess')), groups)
  })

  test('OPT-12: every rule of the WAF, and every choice of its form, has its words', ({
    assert,
  }) => {
    const words = load('waf')
    assert.sameMembers(Object.keys(words.rules), wafRules.map(String))
    const groups = new Set(wafRules.map(wafGroupOf))
    assert.sameMembers(Object.keys(words.groups), [...groups])
    assert.sameMembers(Object.keys(words.modes), [...wafModes])
    assert.sameMembers(Object.keys(words.mode_notes), [...wafModes])
    assert.sameMembers(Object.keys(words.levels), wafLevels.map(String))
    assert.sameMembers(Object.keys(words.level_notes), wafLevels.map(String))
    assert.sameMembers(Object.keys(words.programs), [...wafPrograms])
  })

  test('every key that a view uses names its file', ({ assert }) => {
    const used = filesBelow('resources/views', '.edge').flatMap((path) =>
      [...readFileSync(app.makePath(path), 'utf8').matchAll(/\bt\(\s*[`']([^`'.]*)\./g)].map(
        ([, file]) => `${path}: ${file}`
      )
    )
    assert.isNotEmpty(used)
    assert.deepEqual(
      used.filter((each) => !files.some((file) => each.endsWith(`: ${file}`))),
      []
    )
  })

  test('every rule of a validator speaks Japanese, and so does every field', ({ assert }) => {
    const rules = captured(
      /\.(required|string|number|boolean|minLength|maxLength|range|min|max|withoutDecimals|confirmed|email|url|regex|in|enum|array|accepted|positive|distinct|notEmpty|fixedLength|ipAddress|sameAs|notSameAs)\(/g
    )
    const spoken = Object.keys(validator.shared.messages)
    assert.deepEqual(
      rules.filter((rule) => !spoken.includes(rule)),
      []
    )
    assert.include(spoken, 'required')
    const fields = filesBelow('app/validators', '.ts')
      .map((path) => readFileSync(app.makePath(path), 'utf8'))
      .flatMap((text) =>
        [...text.matchAll(/^ {2}([a-z_]+): (?:vine|\w+\(\))/gm)].map(([, field]) => field)
      )
    const queryFields = ['q', 'page', 'sort', 'part', 'encoding']
    assert.deepEqual(
      fields.filter((field) => !validator.shared.fields[field] && !queryFields.includes(field)),
      []
    )
  })

  test('messages are Japanese sentences', ({ assert }) => {
    const all = (value: object): string[] =>
      Object.values(value).flatMap((each) => (typeof each === 'string' ? [each] : all(each)))
    const texts = [...all(messages), ...all(validator), ...all(load('errors'))]
    assert.deepEqual(
      texts.filter((text) => !/[\u3040-\u30ff\u4e00-\u9fff]/.test(text)),
      []
    )
  })
})
