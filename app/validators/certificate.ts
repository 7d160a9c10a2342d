import vine from '@vinejs/vine'
import { newKeyKinds } from '#models/certificate/key'
import { hstsSteps } from '#models/domain/https'
import { latinText } from '#validators/rules'

/** What authorities in Japan want: Latin letters, as the company writes itself in English. */
const latin = (most: number) => vine.string().trim().maxLength(most).use(latinText())

export const certificateRequest = vine.create({
  common_name: vine.enum(['www', 'apex', 'wildcard'] as const),
  key_kind: vine.enum(newKeyKinds),
  organization: latin(64),
  unit: latin(64).nullable().optional(),
  locality: latin(128),
  state: latin(128),
  country: vine
    .string()
    .trim()
    .toUpperCase()
    .regex(/^[A-Z]{2}$/),
})

/** Lengths are the model's business: it says where and why. */
export const certificate = vine.create({
  private_key: vine.string(),
  certificate: vine.string().nullable().optional(),
  chain: vine.string().nullable().optional(),
})

export const issuedCertificate = vine.create({
  certificate: vine.string().nullable().optional(),
  chain: vine.string().nullable().optional(),
})

/** Which one was served when the page showed what would be lost. */
export const certificateUse = vine.create({
  instead_of: vine.number().withoutDecimals().positive().optional(),
})

export const https = vine.create({
  https_redirect: vine.enum(['on', 'off'] as const),
  hsts: vine.enum(hstsSteps.map(String)),
  http2: vine.enum(['on', 'off'] as const),
})
