import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { Refusal } from '#exceptions/refusals'
import type { Actor } from '#models/actor'
import Domain from '#models/domain'
import { phpColumns, webPorts, type WebPort } from '#models/domain/web_port'
import { operate, unchanged } from '#models/operation'
import OperationLog from '#models/operation_log'
import Server from '#models/server'

/** WEB-03: from one PHP version to another, on all domains of a server. */
export interface PhpSwitch {
  readonly from: string
  readonly to: string
  readonly ports: readonly WebPort[]
}

/** Answers how many domains changed; each has a line in the log, and one apply changes them all. */
export async function switchPhp(server: Server, wish: PhpSwitch, actor: Actor): Promise<number> {
  if (!server.availablePhpVersions.includes(wish.to)) throw new Refusal('php_version_is_gone', 'to')
  const operation = { action: 'php_switch.store', target: server.name }
  const result = await operate(actor, operation, async (client) => {
    const locked = await Server.lock(server.id, client)
    const domains = await domainsWith(locked.id, wish, client)
    if (domains.length === 0) return unchanged
    for (const port of wish.ports) await change(locked.id, port, wish, client)
    await recordEach(domains, actor, client)
    const domainIds = domains.map(({ id }) => id)
    const reason = `php_switch.store ${wish.from} ${wish.to}`
    await locked.requestApply({ reason, domainIds, by: actor.by }, client)
    return domains.length
  })
  return result === unchanged ? 0 : result
}

/** Domains by the versions that any of their ports has. */
export async function phpUsage(server: Server): Promise<Map<string, number>> {
  const domains = await Domain.query().where('serverId', server.id).whereNull('deletedAt')
  const usage = new Map<string, number>()
  for (const domain of domains) {
    for (const version of new Set(webPorts.map((port) => domain[phpColumns[port]]))) {
      usage.set(version, (usage.get(version) ?? 0) + 1)
    }
  }
  return usage
}

/** What it would change, for somebody to look at: domains with those of the ports that have the version. */
export async function domainsToSwitch(server: Server, wish: PhpSwitch) {
  const domains = await domainsWith(server.id, wish)
  return domains.map((domain) => ({
    name: domain.unicodeName,
    ports: wish.ports.filter((port) => domain[phpColumns[port]] === wish.from),
  }))
}

function domainsWith(
  serverId: number,
  { from, ports }: PhpSwitch,
  client?: TransactionClientContract
) {
  return Domain.query({ client })
    .where('serverId', serverId)
    .whereNull('deletedAt')
    .where((any) => {
      for (const port of ports) any.orWhere(phpColumns[port], from)
    })
    .orderBy('id')
}

function change(
  serverId: number,
  port: WebPort,
  { from, to }: PhpSwitch,
  client: TransactionClientContract
) {
  const column = phpColumns[port]
  return Domain.query({ client })
    .where('serverId', serverId)
    .whereNull('deletedAt')
    .where(column, from)
    .update({ [column]: to })
}

function recordEach(domains: readonly Domain[], actor: Actor, client: TransactionClientContract) {
  const lines = domains.map(({ id, unicodeName }) => ({
    action: 'php_versions.update',
    target: unicodeName,
    domainId: id,
  }))
  return OperationLog.recordAll(actor, lines, client)
}
