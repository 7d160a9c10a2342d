import { Resolver } from 'node:dns/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { BenchFailure } from '#tests/load/bench'
import type { PanelClient } from '#tests/load/clients/panel_client'
import type { Stage } from '#tests/load/stage'
import { fillServer } from '#tests/load/stage/contents'
import { storedNow, type Database } from '#tests/load/stage/database'
import type { Installation } from '#tests/load/stage/installation'
import type { TestNameServers } from '#tests/support/name_servers'

/** A domain whose zone both name servers have, and who may change it. */
export interface ServedDomain {
  readonly installation: Installation
  readonly names: TestNameServers
  readonly customer: PanelClient
  readonly name: string
  readonly domainId: number
}

const ofStages = new WeakMap<Stage, Promise<ServedDomain>>()

/** The panel of the stage with name servers of its own, one for all benches; its server is a row without a machine. */
export function servedDomain(stage: Stage): Promise<ServedDomain> {
  const present = ofStages.get(stage) ?? serveDomain(stage)
  ofStages.set(stage, present)
  return present
}

async function serveDomain(stage: Stage): Promise<ServedDomain> {
  const installation = await stage.installation()
  const [domainId] = await storeDomain(installation)
  stage.say('making two name servers')
  const { TestNameServers } = await import('#tests/support/name_servers')
  const names = await TestNameServers.make()
  stage.workspace.onEnd(() => names.remove())
  const { default: Domain } = await import('#models/domain')
  const domain = await Domain.findOrFail(domainId)
  await addZone(domain)
  await names.work()
  const customer = await installation.customer()
  return { installation, names, customer, name: domain.name, domainId }
}

async function addZone(domain: InstanceType<(typeof import('#models/domain'))['default']>) {
  const { default: db } = await import('@adonisjs/lucid/services/db')
  const { addDns } = await import('#models/zone/of_domain')
  const { providerFor } = await import('#models/actor')
  const author = providerFor(domain.contractId, 'system')
  await db.transaction((client) => addDns(domain, author, client))
}

async function storeDomain({ db, contractId, person }: Installation) {
  const { default: ComputeNode } = await import('#models/compute_node')
  const node = await ComputeNode.firstOrFail()
  const serverId = addRow(db, contractId, node.id)
  const { passwordHash } = person
  return fillServer(db, { serverId, domains: 1, mailboxes: 1, passwordHash })
}

function addRow(db: Database, contractId: number, nodeId: number) {
  return db.insert('servers', {
    ...{ contract_id: contractId, compute_node_id: nodeId, name: 'msv900001' },
    ...{ instance: 'tsukasa-bench-msv900001', hostname: 'msv900001.mngsv.biz' },
    ...{ kind: 'virtual', plan: 'A', state: 'running', address: '8.8.0.1' },
    created_at: storedNow(),
  })
}

/** Milliseconds from the form's first byte until each name server answers what it says. */
export async function changeRecord(served: ServedDomain, index: number) {
  const { customer, names, name, domainId } = served
  const address = `8.8.${1 + Math.floor(index / 250)}.${1 + (index % 250)}`
  const start = performance.now()
  const fields = { pattern: 'A', web: 'elsewhere', web_target: address, mail: 'here' }
  const form = customer.post(`/domains/${domainId}/dns?_method=PUT`, fields)
  const answered = Object.values(names.servers).map(async (server) => {
    await until(server.address, `www.${name}`, address)
    return performance.now() - start
  })
  const [{ status, ms: formMs }, primaryMs, secondaryMs] = await Promise.all([form, ...answered])
  if (status !== 302) throw new BenchFailure(`the form was answered by ${status}`)
  return { formMs, primaryMs, secondaryMs }
}

/** Asked again each millisecond, for at most ten seconds. */
export async function until(server: string, name: string, wanted: string) {
  const resolver = new Resolver({ timeout: 1000, tries: 1 })
  resolver.setServers([server])
  for (const end = performance.now() + 10_000; performance.now() < end; await wait(1)) {
    const found: string[] = await resolver.resolve4(name).catch(() => [])
    if (found.includes(wanted)) return
  }
  throw new BenchFailure(`${server} does not answer ${wanted} for ${name}`)
}
