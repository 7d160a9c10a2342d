import { PowerDns } from '#clients/power_dns'
import { BenchFailure, type Bench } from '#tests/load/bench'
import { figuresOf } from '#tests/load/figures'
import type { Stage } from '#tests/load/stage'
import { storedNow, type Row } from '#tests/load/stage/database'
import { changeRecord, servedDomain, type ServedDomain } from '#tests/load/stage/dns'
import { p50, rounded } from '#tests/load/statistics'

const zones = 10_000
const pages = 200
const changes = 40
const warmUp = 20

/**
 * A customer with 10,000 zones, which the primary has, too: the list's first page, and one record changed, before them
 * and with them. The floor is a page of the same process that has no list.
 */
const dnsScale: Bench = {
  async run(stage: Stage) {
    const served = await servedDomain(stage)
    const few = await changed(served, 0)
    stage.say(`storing ${zones} zones`)
    const made = await store(served)
    const list = await ask(served, '/zones')
    const floor = await ask(served, '/password')
    const search = await ask(served, '/zones?q=z09999')
    const many = await changed(served, 200)
    return figuresOf('dns-scale', list, p50(floor), {
      zones,
      search_p50_ms: rounded(p50(search)),
      change_few_p50_ms: rounded(p50(few)),
      change_many_p50_ms: rounded(p50(many)),
      made_s: rounded(made / 1000),
    })
  },
}

export default dnsScale

async function changed(served: ServedDomain, from: number): Promise<number[]> {
  const samples: number[] = []
  for (let index = 0; index < changes; index++) {
    const { primaryMs } = await changeRecord(served, from + index)
    samples.push(primaryMs)
  }
  return samples.slice(3)
}

async function ask({ customer }: ServedDomain, path: string): Promise<number[]> {
  const samples: number[] = []
  for (let index = 0; index < warmUp + pages; index++) {
    const { status, ms } = await customer.get(path)
    if (status !== 200) throw new BenchFailure(`GET ${path}: ${status}`)
    if (index >= warmUp) samples.push(ms)
  }
  return samples
}

/** Rows as the panel leaves them, and the zones themselves on the primary; answers how long those took. */
async function store({ installation, names }: ServedDomain): Promise<number> {
  const { db, contractId } = installation
  const rows = Array.from({ length: zones }, (_, index) => rowOf(contractId, index))
  db.transaction(() => db.insertAll('zones', rows))
  const server = new PowerDns(names.servers.primary.access)
  const start = performance.now()
  for (let from = 0; from < zones; from += 8) {
    const some = rows.slice(from, from + 8)
    await Promise.all(
      some.map(({ name }) => {
        const soa = 'ns1.mngsv.biz. hostmaster.mngsv.biz. 1 3600 900 1209600 900'
        const sets = [{ name: `${name}.`, type: 'SOA', ttl: 3600, contents: [soa] }]
        return server.create(String(name), { kind: 'Master', masters: [] }, sets)
      })
    )
  }
  return performance.now() - start
}

function rowOf(contractId: number, index: number): Row {
  const label = `z${String(index).padStart(5, '0')}`
  return {
    contract_id: contractId,
    name: `${label}.zones.example.net`,
    reversed_name: `net.example.zones.${label}.`,
    unicode_name: `${label}.zones.example.net`,
    ...{ kind: 'primary', source: 'service', serial: 1 },
    ...{ published_serial: 1, secondary_serial: 1 },
    created_at: storedNow(),
  }
}
