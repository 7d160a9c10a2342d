import { listOf, recordOf, wordsOf } from '#convergence/agent/shapes'
import type Domain from '#models/domain'
import type { ErrorPages } from '#models/domain/error_page'
import { phpSettings, type PhpSetting } from '#models/domain/php_setting'
import { inquire, type Answer } from '#monitoring/questions'

/** WEB-03: what the customer's own file says about a setting of the panel; it has the last word. */
export interface OwnValue {
  readonly value: string
  /** Its name below `var`. */
  readonly file: string
}

export interface OwnPhpIni {
  /** By name of the setting. */
  readonly values: ReadonlyMap<string, OwnValue>
  /** Files that PHP can't read to their end. */
  readonly broken: readonly string[]
}

export function ownPhpIni(domain: Domain): Promise<Answer<OwnPhpIni>> {
  const php = domain.server.availablePhpVersions[0]!
  return inquire(domain.server, 'php_ini', { ...whose(domain), php }, readOwnPhpIni)
}

function readOwnPhpIni(answer: unknown): OwnPhpIni {
  const { values, broken } = recordOf(answer)
  const told = recordOf(values)
  const own = phpSettings
    .filter(({ name }) => Object.hasOwn(told, name))
    .map((setting) => {
      const [value, file] = listOf(told[setting.name], 2, (text) => wordsOf(text, 400))
      return [setting.name, { value: inWordsOf(setting, value ?? ''), file: file ?? '' }] as const
    })
  return { values: new Map(own), broken: listOf(broken, 200, (name) => wordsOf(name, 300)) }
}

/** PHP's reader gives 1 and nothing for on and off. */
function inWordsOf(setting: PhpSetting, value: string) {
  const isSwitch = setting.kind === 'choice' && setting.values.includes('Off')
  return isSwitch ? (/^(1|on|yes|true)$/i.test(value) ? 'On' : 'Off') : value
}

/** WEB-01: those of the pages that the site has not got. */
export async function missingPages(domain: Domain, pages: ErrorPages): Promise<Answer<string[]>> {
  const paths = [...new Set(Object.values(pages))]
  if (paths.length === 0) return { value: [] }
  const given = { ...whose(domain), paths }
  return inquire(domain.server, 'web_pages', given, (answer) => {
    const there = listOf(answer, paths.length, (path) => wordsOf(path, 300))
    return paths.filter((path) => !there.includes(path))
  })
}

const whose = ({ name, uid }: Domain) => ({ domain: name, uid })
