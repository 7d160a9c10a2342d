import { isIPv4 } from 'node:net'
import type { HttpContext } from '@adonisjs/core/http'
import vine from '@vinejs/vine'
import type { Infer } from '@vinejs/vine/types'
import { Refusal } from '#exceptions/refusals'
import { physicalPlans } from '#orders/kinds/server_addition'
import type { NewMachine } from '#models/physical_machine'

const oneAddress = vine.createRule((value, _options, field) => {
  if (typeof value !== 'string' || !isIPv4(value) || isNobodys(value))
    field.report('{{ field }}は正しくありません。', 'machine_address', field)
})

/** This host, this network, multicast and what is above it: no machine is there. */
function isNobodys(address: string) {
  const first = Number(address.split('.')[0])
  return first === 0 || first === 127 || first >= 224
}

/** Where sshd of all servers listens. */
export const serverPort = 11_122

/** SRV-02: a comment after the key is left out. Servers show ed25519 keys to the panel. */
const newMachine = vine.create({
  machine_name: vine
    .string()
    .trim()
    .maxLength(64)
    .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._()-]*$/u),
  machine_plan: vine.enum(physicalPlans),
  machine_address: vine.string().trim().use(oneAddress()),
  machine_key: vine
    .string()
    .trim()
    .regex(/^ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI[A-Za-z0-9+/]{43}(?: [\w .@:+-]{0,100})?$/)
    .optional(),
})

export async function readMachine({ request }: Pick<HttpContext, 'request'>): Promise<NewMachine> {
  return factsOf(await request.validateUsing(newMachine))
}

function factsOf(typed: Infer<typeof newMachine>): NewMachine {
  return {
    name: typed.machine_name,
    plan: typed.machine_plan,
    address: typed.machine_address,
    sshPort: serverPort,
    hostKey: typed.machine_key?.split(' ').slice(0, 2).join(' '),
  }
}

/** At a terminal: the same rules, said by the name of the flag. */
export async function machineFacts(flags: {
  readonly name: string
  readonly plan?: string
  readonly address?: string
  readonly hostKey?: string
}): Promise<NewMachine> {
  const { name, plan = 'SSD', address, hostKey } = flags
  const given = { machine_name: name, machine_plan: plan, machine_address: address }
  const [problem, typed] = await newMachine.tryValidate({ ...given, machine_key: hostKey })
  if (problem) throw new Refusal('command_machine_is_wrong')
  return factsOf(typed)
}

export const machineConfirmation = vine.create({
  fingerprint: vine.string().trim().maxLength(64),
  accepts_less: vine.accepted().optional(),
})

export const machineAssignment = vine.create({
  machine_id: vine.number().withoutDecimals().positive(),
})

/** What goes is named by who lets it go. */
export const endOfMachine = vine.create({
  machine_confirmation: vine.string().trim().maxLength(64),
})
