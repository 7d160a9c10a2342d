import { domainToASCII } from 'node:url'
import { readAddressList } from '#models/mail_address/list'

interface Home {
  readonly name: string
}

/** Local parts, each once: IDs or whole addresses of the domain, one a line, in any case. */
export function readExempt(text: string | null | undefined, home: Home): string[] {
  const { values } = readAddressList(text, (typed) => ({ value: localPartOf(typed, home) }))
  return [...values]
}

/** What is no address of the domain stays as it was typed, and is found nowhere. */
function localPartOf(typed: string, { name }: Home) {
  const whole = typed.normalize('NFKC').toLowerCase()
  const at = whole.lastIndexOf('@')
  return at > 0 && domainToASCII(whole.slice(at + 1)) === name ? whole.slice(0, at) : whole
}
