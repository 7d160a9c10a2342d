import { readFile } from 'node:fs/promises'
import app from '@adonisjs/core/services/app'
import type { Machine, Node } from '#compute/machine'

/** What set-up found on this machine (`storage/compute.json`), as far as machines of the provider's own need it. */
export interface ServiceFacts extends Omit<Node, 'driver' | 'endpoint' | 'image' | 'backupPool'> {
  readonly driver: 'lxd' | 'incus'
  readonly backupPool?: string
  readonly socket: string
  readonly serviceImage: string
  /** First of eight addresses. */
  readonly firstServiceAddress: string
}

/** Which of the eight addresses is whose; those of the suites are others, so that both can run at once. */
const places = { ns1: 0, ns2: 1, backup: 2, testNs1: 4, testNs2: 5, testBackup: 6, testTarget: 7 }

export type ServiceRole = keyof typeof places

/** Null where this machine has no LXD or Incus. */
export async function serviceFacts(): Promise<ServiceFacts | null> {
  const facts = JSON.parse(await readFile(app.makePath('storage/compute.json'), 'utf8'))
  return facts.driver === 'none' ? null : facts
}

/** A name server or the backup host, as a container of the service image; `computeOf` makes, starts and removes it. */
export function serviceMachine(facts: ServiceFacts, role: ServiceRole): Machine {
  const { socket, serviceImage: image, prefix, cidr, project, bridge, gateway } = facts
  const none = {
    backupPool: null,
    clientCertificate: null,
    clientKey: null,
    serverCertificate: null,
  }
  // Copies lie apart from what they are copies of
  const isBackup = role === 'backup' || role === 'testBackup'
  const pool = isBackup ? (facts.backupPool ?? facts.pool) : facts.pool
  const name = role.toLowerCase()
  return {
    instance: `${prefix}${name}`,
    hostname: `${name}.tsukasa.test`,
    address: addressAt(facts.firstServiceAddress, places[role]),
    sshPort: 11122,
    hostKey: null,
    privateCard: null,
    limits: { cores: 1, memoryMb: 512, diskMb: 20 * 1024 },
    makesSnapshots: isBackup,
    node: {
      ...{ driver: facts.driver, endpoint: socket, image },
      ...{ prefix, cidr, project, pool, bridge, gateway, ...none },
    },
  }
}

function addressAt(first: string, offset: number) {
  const octets = first.split('.')
  return [...octets.slice(0, 3), Number(octets[3]) + offset].join('.')
}
