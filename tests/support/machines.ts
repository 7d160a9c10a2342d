import type { Machine, Node } from '#compute/machine'

export function nodeAt(endpoint: string): Node {
  return {
    ...{ driver: 'lxd', endpoint, project: 'default', pool: 'pool', bridge: 'bridge0' },
    backupPool: null,
    ...{ cidr: '10.0.0.0/24', gateway: '10.0.0.1', image: 'image', prefix: 'tsukasa-' },
    ...{ clientCertificate: null, clientKey: null, serverCertificate: null },
  }
}

export function machineAt(changes: Partial<Machine> = {}): Machine {
  return {
    ...{ instance: 'tsukasa-a', hostname: 'a.example.jp', address: '10.0.0.7', sshPort: 11122 },
    hostKey: null,
    privateCard: null,
    limits: { cores: 1, memoryMb: 2048, diskMb: 102_400 },
    node: nodeAt('/nowhere/socket'),
    ...changes,
  }
}
