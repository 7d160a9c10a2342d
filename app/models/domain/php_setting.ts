/**
 * WEB-03: values of php.ini that the panel sets, an allow-list. Everything is a whole number, one of a few words, or
 * on and off: nothing that somebody types goes into a file as it is.
 */

export type PhpSettingGroup = 'size' | 'time' | 'errors' | 'text' | 'session' | 'other'

interface Named {
  /** As php.ini calls it. */
  readonly name: string
  readonly group: PhpSettingGroup
  /** What counts while nothing is chosen, in the form that `values` have. */
  readonly standard: string
}

/** Sizes are whole megabytes. */
export interface PhpNumber extends Named {
  readonly kind: 'number'
  readonly least: number
  readonly most: number
  readonly unit: 'megabytes' | 'seconds' | 'items'
}

/** One of `values`. */
export interface PhpChoice extends Named {
  readonly kind: 'choice'
  readonly values: readonly string[]
}

export type PhpSetting = PhpNumber | PhpChoice

const number = (
  group: PhpSettingGroup,
  name: string,
  unit: PhpNumber['unit'],
  [least, most]: readonly [number, number],
  standard: number
): PhpNumber => ({ kind: 'number', group, name, unit, least, most, standard: String(standard) })

const choice = (
  group: PhpSettingGroup,
  name: string,
  values: readonly string[],
  standard = values[0]!
): PhpChoice => ({ kind: 'choice', group, name, values, standard })

const onOff = (group: PhpSettingGroup, name: string, standard: 'On' | 'Off') =>
  choice(group, name, ['On', 'Off'], standard)

const timezones = [
  ...['Asia/Tokyo', 'UTC', 'Asia/Seoul', 'Asia/Shanghai', 'Asia/Taipei', 'Asia/Hong_Kong'],
  ...['Asia/Singapore', 'Asia/Bangkok', 'Asia/Kolkata', 'Australia/Sydney', 'Europe/London'],
  ...['Europe/Paris', 'America/New_York', 'America/Los_Angeles', 'Pacific/Honolulu'],
]

/** Bits as PHP counts them: without hints on what is to go; everything; what ends a program. */
export const errorLevels = { no_hints: '22527', all: '32767', fatal: '4437' } as const

/** In the order in which the page shows them. What is the standard is what `services/php` gives every domain. */
export const phpSettings: readonly PhpSetting[] = [
  number('size', 'memory_limit', 'megabytes', [32, 1024], 256),
  number('size', 'upload_max_filesize', 'megabytes', [1, 1000], 200),
  number('size', 'post_max_size', 'megabytes', [1, 1024], 208),
  number('size', 'max_file_uploads', 'items', [1, 1000], 20),
  number('size', 'max_input_vars', 'items', [100, 100_000], 1000),
  number('time', 'max_execution_time', 'seconds', [1, 300], 30),
  number('time', 'max_input_time', 'seconds', [1, 300], 300),
  number('time', 'default_socket_timeout', 'seconds', [1, 300], 60),
  choice('time', 'date.timezone', timezones),
  onOff('errors', 'display_errors', 'Off'),
  onOff('errors', 'log_errors', 'On'),
  choice('errors', 'error_reporting', Object.values(errorLevels)),
  choice('text', 'default_charset', ['UTF-8', 'Shift_JIS', 'EUC-JP']),
  choice('text', 'mbstring.language', ['neutral', 'Japanese']),
  choice('text', 'mbstring.detect_order', ['ASCII,UTF-8', 'UTF-8,SJIS-win,eucJP-win,JIS,ASCII']),
  choice('text', 'mbstring.substitute_character', ['63', 'none', 'long', '12307']),
  onOff('text', 'mbstring.encoding_translation', 'Off'),
  number('session', 'session.gc_maxlifetime', 'seconds', [60, 2_592_000], 1440),
  number('session', 'session.cookie_lifetime', 'seconds', [0, 31_536_000], 0),
  onOff('session', 'session.cookie_secure', 'Off'),
  onOff('session', 'session.cookie_httponly', 'Off'),
  choice('session', 'session.cookie_samesite', ['', 'Lax', 'Strict', 'None']),
  onOff('session', 'session.use_strict_mode', 'Off'),
  onOff('other', 'short_open_tag', 'Off'),
  onOff('other', 'allow_url_fopen', 'On'),
  onOff('other', 'zlib.output_compression', 'Off'),
  onOff('other', 'opcache.enable', 'On'),
  number('other', 'opcache.revalidate_freq', 'seconds', [0, 60], 2),
]

export const phpSettingGroups = [...new Set(phpSettings.map(({ group }) => group))]

export type PhpValues = Readonly<Record<string, string>>

/** Whether a value is one that the setting may have. */
export function isPhpValue(setting: PhpSetting, value: string): boolean {
  if (setting.kind === 'choice') return setting.values.includes(value)
  return /^(0|[1-9]\d{0,8})$/.test(value) && isWithin(setting, Number(value))
}

function isWithin({ least, most }: PhpNumber, value: number) {
  return value >= least && value <= most
}

/** From a row of the database, which has them as php.ini does; what was taken off the list since is left out. */
export function readPhpValues(stored: string | null): PhpValues {
  const values: PhpValues = JSON.parse(stored ?? '{}')
  const known = phpSettings.flatMap((setting) => {
    const { name } = setting
    const value = values[name]?.slice(0, values[name].length - suffixOf(setting).length)
    return value !== undefined && isPhpValue(setting, value) ? [[name, value] as const] : []
  })
  return Object.fromEntries(known)
}

/** Those that are not the standard, in the order of the list, so that the same wish is the same text. */
export function writePhpValues(values: PhpValues): string | null {
  const own = phpSettings
    .filter(({ name, standard }) => values[name] !== undefined && values[name] !== standard)
    .map((setting) => [setting.name, `${values[setting.name]}${suffixOf(setting)}`] as const)
  return own.length ? JSON.stringify(Object.fromEntries(own)) : null
}

function suffixOf(setting: PhpSetting) {
  return setting.kind === 'number' && setting.unit === 'megabytes' ? 'M' : ''
}

const standards = new Map(phpSettings.map(({ name, standard }) => [name, standard]))

/** The value that PHP gets before it reads the customer's own file. */
export const phpValue = (values: PhpValues, name: string) => values[name] ?? standards.get(name)!

export type PhpProblem = 'post_below_upload' | 'none_needs_secure'

/** What two values together make useless, and the settings that it concerns. */
export function problemsOfPhpValues(values: PhpValues): [PhpProblem, ...names: string[]][] {
  const value = (name: string) => phpValue(values, name)
  const found: [PhpProblem, ...string[]][] = []
  if (Number(value('post_max_size')) < Number(value('upload_max_filesize'))) {
    found.push(['post_below_upload', 'post_max_size', 'upload_max_filesize'])
  }
  // Browsers refuse such a cookie.
  if (value('session.cookie_samesite') === 'None' && value('session.cookie_secure') !== 'On') {
    found.push(['none_needs_secure', 'session.cookie_samesite'])
  }
  return found
}
