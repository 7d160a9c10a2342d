/** OPT-12: where on a site a rule does not look: the path of a URL as people read it, `*` at its end for all below. */

export type WafPathProblem = 'characters' | 'star' | 'dots' | 'too_long' | 'slash'

export type WafPathCheck = { readonly value: string } | { readonly problem: WafPathProblem }

const longest = 200
// Without what means something to ModSecurity (%, quotes, backslashes) or to a URL (?, #).
const allowed = /^[\p{L}\p{N}\p{M}/._~!$&()+,;=:@*-]+$/u

/** Somebody may paste a whole address. */
export function checkWafPath(typed: string): WafPathCheck {
  const value = decoded(pathOf(typed.trim()))
    .normalize('NFC')
    .replace(/\/{2,}/g, '/')
  if (!value.startsWith('/')) return { problem: 'slash' }
  if (value.length > longest) return { problem: 'too_long' }
  if (!allowed.test(value)) return { problem: 'characters' }
  if (value.slice(0, -1).includes('*')) return { problem: 'star' }
  // Looked for after such parts were resolved, so it would never be found.
  if (value.split('/').some((part) => part === '.' || part === '..')) return { problem: 'dots' }
  return { value }
}

function pathOf(typed: string) {
  return typed.replace(/^https?:\/\/[^/]*/i, '').replace(/[?#].*$/s, '')
}

function decoded(path: string) {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
