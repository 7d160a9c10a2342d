import vine from '@vinejs/vine'
import { type DomainNameCheck, checkDomainName } from '#models/domain/domain_name'
import { domainName, megabytes, strongPassword } from '#validators/rules'

/** In MiB: what an empty domain takes. */
const leastQuotaMb = 100

type ValidName = Extract<DomainNameCheck, { ascii: string }>

/** `mostMb`: the server's disk. */
export const newDomain = vine.withMetaData<{ mostMb: number }>().create({
  name: vine
    .string()
    .maxLength(1024)
    .use(domainName())
    .transform((typed) => checkDomainName(typed) as ValidName),
  password: vine.string().use(strongPassword()),
  quota_mb: megabytes(leastQuotaMb),
})

/** DOM-05: typed once more before it goes. */
export const domainDeletion = vine.create({
  name: vine.string().maxLength(1024),
})
