import { toAbsolutePath, type AbsolutePath } from '#convergence/syntax/names'

export const rulesPath = toAbsolutePath('/etc/nftables.conf')

export const sourcesDirectory = toAbsolutePath('/etc/tsukasa/firewall')

/** Who may reach one port. */
export function sourcesPath(port: string): AbsolutePath {
  return toAbsolutePath(`${sourcesDirectory}/${port}.nft`)
}

/** What nft calls them: the set of one port and one family. */
export function setName(port: string, family: 4 | 6): string {
  return `from${family}_${port.replace('-', '_')}`
}
