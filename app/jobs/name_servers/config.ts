import { isIP } from 'node:net'
import type NameServer from '#models/name_server'
import type { NameServerRole } from '#models/name_server'

type Both = Partial<Record<NameServerRole, Pick<NameServer, 'address'>>>

/** pdns.conf (PowerDNS 4.7 and later). What a customer writes never gets in here. */
export function nameServerConfig(
  server: Pick<NameServer, 'role' | 'address' | 'key' | 'apiUrl'>,
  both: Both
): string {
  const settings = { ...common(server), ...roles[server.role](both) }
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${checked(value)}\n`)
    .join('')
}

function common({ address, key, apiUrl }: Pick<NameServer, 'address' | 'key' | 'apiUrl'>) {
  return {
    // Debian's own snippets would add other backends
    'include-dir': '',
    'launch': 'gsqlite3',
    'gsqlite3-database': '/var/lib/powerdns/pdns.sqlite3',
    'gsqlite3-dnssec': 'yes',
    // All of it can be published again: a power cut may cost the last changes, never the file
    'gsqlite3-pragma-synchronous': '1',
    'local-address': '0.0.0.0',
    'api': 'yes',
    'api-key': key,
    'webserver': 'yes',
    'webserver-address': ownAddress(address),
    'webserver-port': new URL(apiUrl).port || '8081',
    // One change may be as large as a customer's zone file
    'webserver-max-bodysize': '64',
    'version-string': 'anonymous',
    'loglevel': '4',
    // What was changed is answered at once, also what was asked for in vain before
    'negquery-cache-ttl': '1',
    'query-cache-ttl': '1',
    'cache-ttl': '1',
  }
}

const roles: Readonly<Record<NameServerRole, (both: Both) => Record<string, string>>> = {
  primary: ({ secondary }) => {
    const others = secondary ? ownAddress(secondary.address) : '127.0.0.1'
    return {
      'primary': 'yes',
      'allow-axfr-ips': `127.0.0.1,${others}`,
      // By address: the names of the name servers lead wherever the world thinks they do
      'only-notify': others,
      'also-notify': others,
    }
  },
  secondary: () => ({
    'secondary': 'yes',
    'allow-axfr-ips': '127.0.0.1',
    // Seconds between looks for what was notified or is due
    'xfr-cycle-interval': '5',
    // A customer's primary may be out of its mind
    'xfr-max-received-mbytes': '4',
    // Two hands would be enough for two that never finish; end_slow_transfers cuts those off
    'retrieval-threads': '64',
    'axfr-fetch-timeout': '5',
  }),
}

function ownAddress(address: string) {
  if (!isIP(address)) throw new Error(`${address} is no address`)
  return address
}

function checked(value: string) {
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(value)) throw new Error('control character in pdns.conf')
  return value
}
