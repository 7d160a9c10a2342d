import env from '#start/env'

/** NET-03: what may be open to some only (M 2.2.3). FTP's data connections are one. */
export const guardedPorts = [
  ...['21', '25', '80', '110', '143', '443', '465', '587', '993', '995'],
  ...['10000-10999', '11122', '11180', '11443'],
] as const

export type GuardedPort = (typeof guardedPorts)[number]

/** NET-03: only where a domain of the server has a certificate. */
export const portsOfSsl: readonly string[] = ['443', '11443']

/** NET-03: of one port. */
export const mostSources = 50

/** NET-02: what servers of a contract reach of each other over their own network (M 2.2.3). */
export const privatePorts = [
  ...['21', '25', '80', '110', '143', '587', '3306'],
  ...['10000-10999', '11122', '11180'],
] as const

/** What the card in that network is called inside a server. */
export const privateCard = 'priv0'

/** NET-02: each contract's network is a part of this, with room for as many servers as its prefix leaves. */
export const privateNetworks = {
  range: env.get('PRIVATE_NETWORKS', '10.192.0.0/10'),
  prefixLength: 22,
}

/** Of the panel's processes; empty: each finds out by which address it reaches a server. */
export const panelAddresses = env
  .get('PANEL_ADDRESSES', '')
  .split(',')
  .map((address) => address.trim())
  .filter(Boolean)
