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
