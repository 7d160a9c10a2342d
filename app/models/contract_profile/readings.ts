import type { ProfileEdit } from '#models/contract_profile'

type Typed = string | null | undefined

/** Fields of the forms, as the validators let them through. */
export interface TypedProfile {
  readonly postal_code?: Typed
  readonly postal_address?: Typed
  readonly phone?: Typed
  readonly person_name?: Typed
  readonly person_department?: Typed
  readonly person_mail: string
  readonly technical_name?: Typed
  readonly technical_phone?: Typed
  readonly technical_mail?: Typed
  readonly billing_name?: Typed
  readonly billing_postal_code?: Typed
  readonly billing_address?: Typed
  readonly billing_mail?: Typed
}

export function readProfile(typed: TypedProfile): ProfileEdit {
  return {
    postalCode: readPostalCode(typed.postal_code ?? '') ?? null,
    address: typed.postal_address ?? null,
    phone: readPhoneNumber(typed.phone ?? '') ?? null,
    personName: typed.person_name ?? null,
    personDepartment: typed.person_department ?? null,
    noticeAddress: typed.person_mail,
    technicalName: typed.technical_name ?? null,
    technicalPhone: readPhoneNumber(typed.technical_phone ?? '') ?? null,
    technicalMail: typed.technical_mail ?? null,
    billingName: typed.billing_name ?? null,
    billingPostalCode: readPostalCode(typed.billing_postal_code ?? '') ?? null,
    billingAddress: typed.billing_address ?? null,
    billingMail: typed.billing_mail ?? null,
  }
}

/** Signs that keyboards give for a hyphen. */
const hyphens = /[‐‑‒–—―−ーｰ]/g

/** `530-0001` of `〒５３０ー０００１` and the like; undefined for what is no postal code. */
export function readPostalCode(typed: string): string | undefined {
  const read = narrow(typed).replace(/^〒\s*/, '')
  const [, first, second] = /^(\d{3})-?(\d{4})$/.exec(read) ?? []
  return first && `${first}-${second}`
}

/** `06-6948-1402`, `+81 6 6948 1402`; undefined for what nobody can call. */
export function readPhoneNumber(typed: string): string | undefined {
  const read = narrow(typed).replace(/[()]/g, '-').replace(/\s+/g, '-').replace(/-+/g, '-')
  const trimmed = read.replace(/^-|-$/g, '')
  const digits = trimmed.replace(/\D/g, '').length
  return /^\+?[\d-]{1,20}$/.test(trimmed) && digits >= 10 && digits <= 15 ? trimmed : undefined
}

function narrow(typed: string) {
  return typed.normalize('NFKC').trim().replace(hyphens, '-')
}
