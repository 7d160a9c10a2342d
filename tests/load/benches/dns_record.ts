import { PowerDns } from '#clients/power_dns'
import type { Bench } from '#tests/load/bench'
import { figuresOf } from '#tests/load/figures'
import type { Stage } from '#tests/load/stage'
import { changeRecord, servedDomain, until, type ServedDomain } from '#tests/load/stage/dns'
import { p50, p95, rounded } from '#tests/load/statistics'

const times = 60
const warmUp = 3

/**
 * Form posted → answered by the primary, and by the secondary (OPT-10). The floor is PowerDNS alone: the same change by
 * its API, until the primary answers it.
 */
const dnsRecord: Bench = {
  async run(stage: Stage) {
    const served = await servedDomain(stage)
    stage.say(`changing a record, ${times} times`)
    const samples = []
    for (let index = 0; index < times + warmUp; index++) {
      const sample = await changeRecord(served, index)
      if (index >= warmUp) samples.push(sample)
    }
    const secondary = samples.map(({ secondaryMs }) => secondaryMs)
    const floor = await bareMs(served)
    return figuresOf(
      'dns-record',
      samples.map(({ primaryMs }) => primaryMs),
      floor,
      {
        secondary_p50_ms: rounded(p50(secondary)),
        secondary_p95_ms: rounded(p95(secondary)),
        form_p50_ms: rounded(p50(samples.map(({ formMs }) => formMs))),
      }
    )
  },
}

export default dnsRecord

async function bareMs({ names, name }: ServedDomain): Promise<number> {
  const { primary } = names.servers
  const server = new PowerDns(primary.access)
  const samples: number[] = []
  for (let index = 1; index <= 20; index++) {
    const address = `8.9.0.${index}`
    const start = performance.now()
    const set = { name: `www.${name}.`, type: 'A', ttl: 60, contents: [address] }
    await server.change(name, [{ change: 'replace', ...set }])
    await until(primary.address, `www.${name}`, address)
    samples.push(performance.now() - start)
  }
  return p50(samples)
}
