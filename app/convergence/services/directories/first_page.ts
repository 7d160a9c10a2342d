import type { DomainName } from '#convergence/syntax/names'
import { page } from '#convergence/services/apache/pages'

/** What a new site shows until its owner has put something there; it is the customer's file from then on. */
export function firstPage(name: DomainName): string {
  return page(
    'ここはまだ準備中です',
    `<p>${name} のホームページは現在準備中です。公開まで今しばらくお待ちください。</p>`
  )
}
