import { type AbsolutePath, toAbsolutePath, type UnixName } from '#convergence/syntax/names'

export const phpDirectory = toAbsolutePath('/etc/tsukasa/php')

/** What the panel says for one domain; a directory, because PHP reads whole directories. */
export const phpIniDirectory = (unixName: UnixName) => toAbsolutePath(`${phpDirectory}/${unixName}`)

/** The socket of a domain's own PHP of one version: owned by its account, mode 0600. */
export function phpSocket(unixName: UnixName, version: string): AbsolutePath {
  return toAbsolutePath(`/run/tsukasa/php/${unixName}-${version}.sock`)
}

export const phpUnit = (version: string, kind: 'socket' | 'service') =>
  `tsukasa-php${version}@.${kind}`

export const phpInstance = (version: string, unixName: string, kind: 'socket' | 'service') =>
  `tsukasa-php${version}@${unixName}.${kind}`
