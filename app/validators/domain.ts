import vine from '@vinejs/vine'
import { readySuffixes } from '#config/domains'
import { type DomainNameCheck, checkDomainName } from '#models/domain/domain_name'
import {
  domainName,
  megabytes,
  readyLabel,
  requiredMegabytes,
  strongPassword,
} from '#validators/rules'

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

/** PNL-05. `mostMb`: the server's disk. */
export const diskQuota = vine.withMetaData<{ mostMb: number }>().create({
  quota_mb: requiredMegabytes(leastQuotaMb),
})

/** DOM-02. */
export const newReadyDomain = vine.withMetaData<{ mostMb: number }>().create({
  label: vine
    .string()
    .maxLength(1024)
    .use(readyLabel())
    .transform((typed) => typed.trim().toLowerCase()),
  suffix: vine.enum(readySuffixes),
  password: vine.string().use(strongPassword()),
  quota_mb: megabytes(leastQuotaMb),
})

/** Asked while somebody types, so nothing of it need be whole. */
export const readyNameQuestion = vine.create({
  label: vine.string().maxLength(1024).optional(),
  suffix: vine.string().maxLength(253).optional(),
})

/** DOM-01. */
export const newNameClaim = vine.create({
  name: vine
    .string()
    .maxLength(1024)
    .use(domainName())
    .transform((typed) => checkDomainName(typed) as ValidName),
})

/** By staff, with words for the customer. */
export const nameClaimApproval = vine.create({
  handover: vine.enum(['now', 'later'] as const),
  reason: vine.string().trim().maxLength(1000).optional(),
})

export const nameClaimRefusal = vine.create({
  refusal_reason: vine.string().trim().maxLength(1000),
})

/** DOM-05: typed once more before it goes. */
export const domainDeletion = vine.create({
  name: vine.string().maxLength(1024),
})
