/** WEB-01: what visitors see instead of the server's own pages when something goes wrong. */

export const errorStatuses = ['403', '404', '500', '503'] as const
export type ErrorStatus = (typeof errorStatuses)[number]

/** Path below `html`, and below `html.stage` on the staging ports, from `/`. */
export type ErrorPages = Readonly<Partial<Record<ErrorStatus, string>>>

export type ErrorPageProblem = 'characters' | 'hidden' | 'ending' | 'cgi_bin' | 'too_long'

export type ErrorPageCheck = { readonly value: string } | { readonly problem: ErrorPageProblem }

const longest = 200

/**
 * Only what needs no encoding in a URL, so that the path in the configuration, on the disk and in the address is one
 * and the same. A URL, a path on the server and `html/…` mean what people see in their FTP client.
 */
export function checkErrorPage(typed: string): ErrorPageCheck {
  const value = `/${typed
    .normalize('NFKC')
    .trim()
    .replace(/^\/*(html\/+)?/, '')}`
  const parts = value.slice(1).split('/')
  if (value.length > longest) return { problem: 'too_long' }
  if (!parts.every((part) => /^[A-Za-z0-9._~-]+$/.test(part))) return { problem: 'characters' }
  if (parts.some((part) => part.startsWith('.'))) return { problem: 'hidden' }
  // What lies there is run, and never shown.
  if (parts[0] === 'cgi-bin') return { problem: 'cgi_bin' }
  if (!/[^/]\.(html?|shtml|php)$/.test(value)) return { problem: 'ending' }
  return { value }
}

export function readErrorPages(stored: string | null): ErrorPages {
  return JSON.parse(stored ?? '{}')
}

/** In the order of the list, so that the same wish is the same text. */
export function writeErrorPages(pages: ErrorPages): string | null {
  const own = errorStatuses.filter((status) => pages[status])
  if (own.length === 0) return null
  return JSON.stringify(Object.fromEntries(own.map((status) => [status, pages[status]])))
}
