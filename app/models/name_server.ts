import encryption from '@adonisjs/core/services/encryption'
import { randomBytes } from 'node:crypto'
import { nameServerNames } from '#config/dns'
import { NameServerSchema } from '#database/schema'

export type NameServerRole = 'primary' | 'secondary'

/** Where a name server is found, and how its root is recognized. */
export interface NameServerPlace {
  readonly address: string
  readonly sshPort: number
  /** Null where somebody else sets it up. */
  readonly hostKey: string | null
  /** `http://address:8081` when absent. */
  readonly apiUrl?: string
  /** Of a name server that somebody else set up; made here when absent. */
  readonly apiKey?: string
}

/** PowerDNS on a machine of the provider: one primary and one secondary (DOM-04, OPT-10). */
export default class NameServer extends NameServerSchema {
  declare role: NameServerRole

  get hostname() {
    return nameServerNames[this.role]
  }

  /** What its API takes as a password. */
  get key(): string {
    const text = encryption.decrypt<string>(this.apiKey)
    if (text === null)
      throw new Error('the key of a name server was encrypted with another APP_KEY')
    return text
  }

  get access() {
    return { url: this.apiUrl, key: this.key }
  }

  /** Repeatable: a key that it has stays. */
  static async register(role: NameServerRole, place: NameServerPlace): Promise<NameServer> {
    const { address, sshPort, hostKey, apiUrl = `http://${address}:8081`, apiKey } = place
    const known = await this.findBy('role', role)
    const key = apiKey ?? known?.key ?? randomBytes(24).toString('base64url')
    const facts = { address, sshPort, hostKey, apiUrl, apiKey: encryption.encrypt(key) }
    return this.updateOrCreate({ role }, facts)
  }

  static async both(): Promise<Partial<Record<NameServerRole, NameServer>>> {
    const rows = await this.all()
    return Object.fromEntries(rows.map((row) => [row.role, row]))
  }
}
