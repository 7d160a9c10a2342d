import { toAbsolutePath, type UnixName } from '#convergence/syntax/names'

/** What the panel says about a domain's logs: a file for each, and the programs beside them. */
export const configurationDirectory = toAbsolutePath('/etc/tsukasa/web_logs')
export const domainsDirectory = toAbsolutePath(`${configurationDirectory}/domains`)
export const rotateProgram = toAbsolutePath(`${configurationDirectory}/rotate.py`)
export const reportProgram = toAbsolutePath(`${configurationDirectory}/report.py`)
export const domainFile = (unixName: UnixName) => toAbsolutePath(`${domainsDirectory}/${unixName}`)

/** How far the rotation is, a small file for each domain. */
export const stateDirectory = toAbsolutePath('/var/lib/tsukasa/web_logs')

/** Webalizer's reports, a directory for each domain that root alone reads. */
export const reportDirectory = toAbsolutePath('/var/lib/tsukasa/reports')

export const timer = 'tsukasa-web-logs.timer'
export const service = 'tsukasa-web-logs.service'
export const reportService = 'tsukasa-report@.service'
