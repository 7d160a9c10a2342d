import { toAbsolutePath, type UnixName } from '#convergence/syntax/names'

/** What the panel says about each domain's WAF: a file for each that Apache includes, and what all have in common. */
export const wafDirectory = toAbsolutePath('/etc/tsukasa/waf')
export const commonFile = toAbsolutePath(`${wafDirectory}/common.conf`)
export const rulesFile = toAbsolutePath(`${wafDirectory}/rules.conf`)
export const collectProgram = toAbsolutePath(`${wafDirectory}/collect.py`)
/** Included by the domain's own Apache. */
export const domainConfiguration = (unixName: UnixName) =>
  toAbsolutePath(`${wafDirectory}/${unixName}.conf`)
/** There as long as the server knows anything of a domain's WAF, on or off. */
export const domainFile = (unixName: UnixName) => toAbsolutePath(`${wafDirectory}/${unixName}.json`)

/** Events, a directory for each domain that root alone reads. */
export const eventsDirectory = toAbsolutePath('/var/lib/tsukasa/waf')
/** A directory for each domain with a pipe in it, from its web server to what keeps the events. */
export const pipesDirectory = toAbsolutePath('/run/tsukasa/waf')

export const pipeUnit = (instance: string) => `tsukasa-waf@${instance}.socket`
export const collectUnit = (instance: string) => `tsukasa-waf@${instance}.service`

/** A start of Apache that only looks at its files: the pipe is none of them. */
export const checkOnly = 'TSUKASA_CHECK'
/** One that looks at those of all sites at once: no rule may be there twice. */
export const checkTogether = 'TSUKASA_TOGETHER'
