import { BenchFailure } from '#tests/load/bench'
import type { PanelClient } from '#tests/load/clients/panel_client'
import { storedNow, type Database, type Row } from '#tests/load/stage/database'

/** Provider's records by the hundred thousand, as the pages of staff find them; no machine is behind them. */
export const codeOf = (contract: number) => `c${pad(contract, 6)}`
export const serverOf = (server: number) => `msv${pad(server, 6)}`
export const domainOf = (domain: number) => `site${pad(domain, 6)}.example.jp`

export const pad = (number: number, length: number) => String(number).padStart(length, '0')

export function addNode(db: Database): number {
  const created = { created_at: storedNow() }
  return db.insert('compute_nodes', {
    name: 'bench',
    driver: 'lxd',
    endpoint: '/nonexistent',
    ...created,
  })
}

export function* contractRows(count: number): Iterable<Row> {
  for (let index = 0; index < count; index++) {
    const name = `株式会社ベンチ${pad(index, 6)}商事`
    yield { code: codeOf(index), name, created_at: storedNow() }
  }
}

/** Every tenth has something that staff look for. */
export function* serverRows(
  count: number,
  node: number,
  contractIdOf: (index: number) => number
): Iterable<Row> {
  for (let index = 0; index < count; index++) {
    const name = serverOf(index)
    yield {
      ...{ contract_id: contractIdOf(index), compute_node_id: node },
      ...{ name, instance: name, hostname: `${name}.mngsv.biz`, kind: 'virtual', plan: 'A' },
      state: index % 50 === 0 ? 'stopped' : 'running',
      last_run_state: index % 200 === 0 ? 'failed' : 'unchanged',
      address: addressOf(index),
      host_key: 'ssh-ed25519 AAAA',
      last_converged_at: storedNow(),
      created_at: storedNow(),
    }
  }
}

export const addressOf = (index: number) => `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`

export function* domainRows(
  count: number,
  placeOf: (index: number) => { contract: number; server: number; place: number }
): Iterable<Row> {
  const php = { php_http: '8.4', php_https: '8.4' }
  const staging = { php_staging_http: '8.4', php_staging_https: '8.4' }
  for (let index = 0; index < count; index++) {
    const { contract, server, place } = placeOf(index)
    const name = domainOf(index)
    yield {
      ...{ server_id: server, contract_id: contract, name, unicode_name: name, kind: 'own' },
      reversed_name: `${name.split('.').toReversed().join('.')}.`,
      test_name: `t${index}.mngsv.biz`,
      ...{ uid: 20_001 + place * 2, slot: place + 1, quota_mb: 1024, ...php, ...staging },
      created_at: storedNow(),
    }
  }
}

/** One request after the other over one kept connection; the first ones are not counted. */
export async function ask(client: PanelClient, pathOf: (index: number) => string, requests = 200) {
  const samples: number[] = []
  for (let index = 0; index < 30 + requests; index++) {
    const path = pathOf(index)
    const { status, ms } = await client.get(path)
    if (status !== 200) throw new BenchFailure(`GET ${path}: ${status}`)
    if (index >= 30) samples.push(ms)
  }
  return samples
}
