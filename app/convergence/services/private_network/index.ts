import { privateCard } from '#config/networks'
import type { PrivateCard } from '#convergence/desired_server'
import type { FileResource, Resource } from '#convergence/resource'
import type { Change, Command, Service } from '#convergence/service'
import { below } from '#convergence/services/apache/layout'
import { unitDirectory } from '#convergence/services/apache/units'
import { toAbsolutePath, type AbsolutePath } from '#convergence/syntax/names'

const unit = 'tsukasa-private-mysql'

/**
 * NET-02: the server in its contract's own network, without a gateway. All daemons answer there as on the first address but
 * MariaDB, which listens on this machine only: a socket of the private address is passed on to its own. To MariaDB
 * these are people of this machine who must know a password; the account that passes them on is nobody's there.
 */
export const privateNetwork: Service = {
  name: 'private_network',
  after: ['firewall', 'mariadb'],

  serverResources: ({ network }) => (network.privateCard ? connected(network.privateCard) : []),

  domainResources: () => [],
  checks: () => [],
  activations: (changes) => [
    ...(changes.some(isCard) ? [reloadCards] : []),
    ...(changes.some(isUnitFile) ? [reloadUnits] : []),
    ...(changes.some(({ action }) => action === 'update') ? [restart] : []),
  ],
  probes: () => [],
}

const cardPath = toAbsolutePath(`/etc/systemd/network/20-${privateCard}.network`)
const reloadCards: Command = { argv: ['networkctl', 'reload'] }
const reloadUnits: Command = { argv: ['systemctl', 'daemon-reload'] }
const restart: Command = { argv: ['systemctl', 'try-restart', `${unit}.socket`] }

const pathOf = ({ resource }: Change) => ('path' in resource ? String(resource.path) : '')
const isCard = (change: Change) => pathOf(change) === cardPath
const isUnitFile = (change: Change) => pathOf(change).startsWith(`${unitDirectory}/${unit}.`)

function connected(card: PrivateCard): Resource[] {
  return [
    file(cardPath, renderCard(card)),
    file(below(unitDirectory, `${unit}.socket`), socketUnit(card)),
    file(below(unitDirectory, `${unit}.service`), serviceUnit),
    {
      kind: 'symlink',
      path: below(unitDirectory, 'sockets.target.wants', `${unit}.socket`),
      target: `../${unit}.socket`,
    },
    { kind: 'unit', name: `${unit}.socket` },
  ]
}

function file(path: AbsolutePath, content: string): FileResource {
  return { kind: 'file', path, content, owner: 'root', group: 'root', mode: 0o644 }
}

function renderCard({ address, prefixLength }: PrivateCard) {
  return `[Match]
Name=${privateCard}

[Network]
Address=${address}/${prefixLength}
LinkLocalAddressing=no
IPv6AcceptRA=no
`
}

/** FreeBind: the card may come after it. */
function socketUnit({ address }: PrivateCard) {
  return `[Unit]
Description=MariaDB for the other servers of the contract

[Socket]
ListenStream=${address}:3306
FreeBind=yes

[Install]
WantedBy=sockets.target
`
}

const serviceUnit = `[Unit]
Description=MariaDB for the other servers of the contract
Requires=${unit}.socket
After=${unit}.socket mariadb.service

[Service]
ExecStart=/usr/lib/systemd/systemd-socket-proxyd --connections-max=200 /run/mysqld/mysqld.sock
User=proxy
Group=proxy
NoNewPrivileges=yes
PrivateTmp=yes
ProtectHome=yes
ProtectSystem=strict
InaccessiblePaths=-/data
RestrictAddressFamilies=AF_UNIX AF_INET
`
