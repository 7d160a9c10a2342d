import { randomBytes, randomInt, randomUUID } from 'node:crypto'
import PhysicalMachine, { type MachineStage } from '#models/physical_machine'
import type { MachineFacts } from '#models/physical_machine/fitness'

/** Of a machine that has all that either plan promises. */
export const wellFacts: MachineFacts = {
  uid: 0,
  system: 'debian',
  version: '13',
  title: 'Debian GNU/Linux 13 (trixie)',
  cores: 6,
  memoryBytes: 12 * 2 ** 30,
  diskBytes: 500e9,
  hasSystemd: true,
  isUsed: false,
  missing: [],
}

interface Facts {
  readonly state?: MachineStage
  readonly plan?: string
  readonly address?: string
  readonly sshPort?: number
  readonly hostKey?: string | null
}

/** In stock, unless another state is asked for. */
export async function makePhysicalMachine(facts: Facts = {}) {
  const key = Buffer.concat([
    Buffer.from('0000000b7373682d6564323535313900000020', 'hex'),
    randomBytes(32),
  ])
  const { state = 'stock' } = facts
  const machine = await PhysicalMachine.create({
    ...{ name: `rack-${randomUUID().slice(0, 8)}`, plan: 'SSD', sshPort: 11122, state },
    address: `10.${randomInt(256)}.${randomInt(256)}.${randomInt(1, 255)}`,
    hostKey: state === 'registered' ? null : `ssh-ed25519 ${key.toString('base64')}`,
    ...facts,
  })
  return machine.refresh()
}
