import type { DrawnFirewall, DrawnServer } from '#models/network_diagram'
import { boxSize, layOut, type Box } from '#models/network_diagram/layout'
import { fitted } from '#models/network_diagram/text_width'

type Words = (key: string, data?: Record<string, unknown>) => string

const padding = 14
const room = boxSize.width - 2 * padding
const lineHeight = 24

/** Beside its word, for who sees no colours. */
const shapes = { good: '●', busy: '◐', off: '■', warn: '▲', bad: '✕' }

interface Line {
  readonly x: number
  readonly y: number
  readonly text: string
  readonly className: string
}

/** NET-04: what the picture says, and where. States have a shape and a word, not only a colour. */
export function networkDiagramWordsOf(translate: Words) {
  const say: Words = (key, data) => translate(`messages.network_diagram.${key}`, data)

  function limitsText({ limited, closed }: DrawnFirewall) {
    const parts = [
      ...(limited > 0 ? [say('firewall.limited', { count: limited })] : []),
      ...(closed > 0 ? [say('firewall.closed', { count: closed })] : []),
    ]
    return parts.length > 0 ? parts.join('、') : say('firewall.open')
  }

  const firewallText = (firewall: DrawnFirewall) =>
    say('firewall.named', { limits: limitsText(firewall) })

  function addressText({ address, addedAddresses }: DrawnServer) {
    if (!address) return say('no_address')
    const count = addedAddresses.length
    return count === 0 ? address : say('addresses', { address, count })
  }

  function privateText({ privateAddress }: DrawnServer) {
    return privateAddress ? say('private', { address: privateAddress }) : say('no_private')
  }

  function linesOf(server: DrawnServer, { x, y }: Box, planName: string): Line[] {
    const lines: [string, string, number][] = [
      [server.name, 'diagram__name', 16],
      [server.description ?? '', 'diagram__quiet', 14],
      [planName, 'diagram__text', 14],
      [server.isGlobal ? addressText(server) : say('cut_address'), 'diagram__text', 14],
      [firewallText(server.firewall), 'diagram__text', 14],
      [privateText(server), 'diagram__text', 14],
    ]
    const nameRoom = room - 92
    const drawn = lines.filter(([text]) => text !== '')
    return drawn.map(([text, className, size], index) => ({
      ...{ x: x + padding, y: y + 28 + index * lineHeight, className },
      text: fitted(text, size, index === 0 ? nameRoom : room),
    }))
  }

  /** For who hears it instead. */
  function sentenceOf(server: DrawnServer, state: string, planName: string) {
    const global = server.isGlobal ? addressText(server) : say('cut_address')
    const parts = [state, planName, global, firewallText(server.firewall), privateText(server)]
    return `${server.name}（${parts.join('、')}）`
  }

  const pictureOf = (servers: readonly DrawnServer[], columns: number, hasPrivate: boolean) =>
    layOut(
      servers.map(({ privateAddress }) => ({ isPrivate: privateAddress !== null })),
      columns,
      hasPrivate
    )

  return {
    networkDiagram: {
      shapes,
      pictureOf,
      linesOf,
      sentenceOf,
      limitsText,
    },
  }
}
