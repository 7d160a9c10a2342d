import vine from '@vinejs/vine'
import { type DomainNameCheck, checkDomainName } from '#models/domain/domain_name'
import { domainName, strongPassword } from '#validators/rules'

/** In MiB: at least what an empty domain takes, at most the largest disk (SRV-04). */
export const domainQuota = { min: 100, max: 2 * 1024 * 1024 }

type ValidName = Extract<DomainNameCheck, { ascii: string }>

export const newDomain = vine.create({
  name: vine
    .string()
    .maxLength(1024)
    .use(domainName())
    .transform((typed) => checkDomainName(typed) as ValidName),
  password: vine.string().use(strongPassword()),
  quota_mb: vine.number().withoutDecimals().range([domainQuota.min, domainQuota.max]).optional(),
})

/** DOM-05: typed once more before it goes. */
export const domainDeletion = vine.create({
  name: vine.string().maxLength(1024),
})
