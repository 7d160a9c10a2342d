import type { MailRecord } from '#models/domain/mail_records'
import { Dns } from '#monitoring/dns'
import { isSpf, SpfReader, type SendingHost } from '#monitoring/spf'

export type RecordState = 'published' | 'missing' | 'differs' | 'unknown'

export interface CheckedRecord extends MailRecord {
  readonly state: RecordState
  /** What is there instead: text from outside. */
  readonly found: readonly string[]
}

interface Finding {
  readonly found: readonly string[]
  readonly isRight: boolean
}

type Check = (record: MailRecord, host: SendingHost, dns: Dns) => Promise<Finding>

/** Others may publish what they like; a page shows some of it. */
const shown = { records: 3, characters: 300 }

/** MAIL-11: compares what should be published with what DNS says now. Never fails, never takes long. */
export function checkRecords(
  records: readonly MailRecord[],
  host: SendingHost
): Promise<CheckedRecord[]> {
  return Dns.within((dns) =>
    Promise.all(records.map(async (each) => ({ ...each, ...(await stateOf(each, host, dns)) })))
  )
}

async function stateOf(
  record: MailRecord,
  host: SendingHost,
  dns: Dns
): Promise<Pick<CheckedRecord, 'state' | 'found'>> {
  try {
    const { found, isRight } = await checks[record.kind](record, host, dns)
    if (isRight) return { state: 'published', found: [] }
    const visible = found.slice(0, shown.records).map((text) => text.slice(0, shown.characters))
    return { state: found.length === 0 ? 'missing' : 'differs', found: visible }
  } catch {
    return { state: 'unknown', found: [] }
  }
}

/** What counts is what receivers make of it: a stricter DMARC or a longer SPF is as good as ours. */
const checks: Readonly<Record<MailRecord['kind'], Check>> = {
  mx: async ({ name }, { hostname }, dns) => {
    const found = await dns.exchanges(name)
    return { found, isRight: found.includes(hostname) }
  },
  mx_elsewhere: async ({ name }, { hostname }, dns) => {
    const found = await dns.exchanges(name)
    return { found, isRight: found.length > 0 && !found.includes(hostname) }
  },
  spf: async ({ name }, host, dns) => {
    const found = await dns.texts(name, isSpf)
    const isAllowed = found.length === 1 && (await new SpfReader(host, dns).allows(found[0], name))
    return { found, isRight: isAllowed }
  },
  dkim: async ({ name, value }, _, dns) => {
    const found = await dns.texts(name)
    const key = tagsOf(value!).get('p')
    return { found, isRight: found.length === 1 && tagsOf(found[0]).get('p') === key }
  },
  dmarc: async ({ name }, _, dns) => {
    const found = await dns.texts(name, (text) => /^v=DMARC1\s*(;|$)/.test(text))
    return { found, isRight: found.length === 1 && tagsOf(found[0]).has('p') }
  },
  mta_sts: async ({ name, value }, _, dns) => {
    const found = await dns.texts(name, (text) => /^v=STSv1\s*;/.test(text))
    const id = tagsOf(value!).get('id')
    return { found, isRight: found.length === 1 && tagsOf(found[0]).get('id') === id }
  },
  mta_sts_host: checkAddress,
  autoconfig: checkAddress,
}

async function checkAddress({ name }: MailRecord, { address }: SendingHost, dns: Dns) {
  const found = await dns.addresses(name)
  return { found, isRight: address !== null && found.includes(address) }
}

/** `k=v; k=v` as DKIM, DMARC and MTA-STS write it (RFC 6376, 3.2). */
function tagsOf(text: string) {
  const pairs = text.split(';').map((tag): [string, string] => {
    const [name, ...value] = tag.split('=')
    return [name.trim().toLowerCase(), value.join('=').replace(/\s/g, '')]
  })
  return new Map(pairs)
}
