/** NET-04: where things of the picture are; in pixels of an SVG's own measure. Pure. */
export interface Layout {
  readonly width: number
  readonly height: number
  readonly columns: number
  readonly boxes: readonly Box[]
  /** Paths of lines that every server's row hangs from, and those to single servers. */
  readonly global: Wires
  readonly private: Wires
  readonly bands: { readonly global: Box; readonly private: Box | null }
}

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface Wires {
  readonly trunk: string
  /** In the order of the boxes; null where there is no connection. */
  readonly drops: readonly (Wire | null)[]
}

export interface Wire {
  readonly path: string
  /** Where it is said that it is cut. */
  readonly middle: { readonly x: number; readonly y: number }
}

interface Connected {
  readonly isPrivate: boolean
}

const margin = 24
const gap = 24
/** Room for the lines above and below a row of boxes. */
const lane = 44
const band = { height: 44 }
export const boxSize = { width: 288, height: 164 }

/**
 * Boxes in rows. What leads to the global network runs down the left side and above each row, what leads to the private one
 * below each row and down the right side.
 */
export function layOut(servers: readonly Connected[], wanted: number, hasPrivate: boolean): Layout {
  const columns = Math.max(1, Math.min(wanted, servers.length))
  const rows = Math.ceil(servers.length / columns)
  const width = 2 * margin + columns * boxSize.width + (columns - 1) * gap
  const rowHeight = lane + boxSize.height + (hasPrivate ? lane : gap / 2)
  const top = band.height
  const bottom = top + rows * rowHeight
  const boxes = servers.map((_, index) => ({
    ...boxSize,
    x: margin + (index % columns) * (boxSize.width + gap),
    y: top + Math.floor(index / columns) * rowHeight + lane,
  }))
  const full = { x: 1, width: width - 2, height: band.height }
  return {
    ...{ width, columns, boxes },
    height: bottom + (hasPrivate ? band.height : 0) + 1,
    global: globalWires(boxes, rowHeight, rows),
    private: privateWires(boxes, servers, { right: width - margin / 2, bottom }),
    bands: { global: { ...full, y: 1 }, private: hasPrivate ? { ...full, y: bottom } : null },
  }
}

function globalWires(boxes: readonly Box[], rowHeight: number, rows: number): Wires {
  const busAt = (row: number) => band.height + row * rowHeight + lane / 2
  const buses = Array.from({ length: rows }, (_, row) => {
    const last = boxes.filter(({ y }) => y === band.height + row * rowHeight + lane).at(-1)!
    return `M ${margin / 2} ${busAt(row)} H ${middleOf(last)}`
  })
  const down = rows > 0 ? `M ${margin / 2} ${band.height} V ${busAt(rows - 1)}` : ''
  const drops = boxes.map((box) => dropOf(middleOf(box), box.y - lane / 2, box.y))
  return { trunk: [down, ...buses].join(' '), drops }
}

interface Below {
  readonly right: number
  readonly bottom: number
}

function privateWires(
  boxes: readonly Box[],
  servers: readonly Connected[],
  { right, bottom }: Below
): Wires {
  const connected = boxes.filter((_, index) => servers[index].isPrivate)
  const firstBelow = connected.length > 0 ? connected[0].y + boxSize.height + lane / 2 : bottom
  const rowsBelow = [...new Set(connected.map(({ y }) => y))]
  const buses = rowsBelow.map((y) => {
    const leftmost = connected.find((box) => box.y === y)!
    return `M ${middleOf(leftmost)} ${y + boxSize.height + lane / 2} H ${right}`
  })
  const down = connected.length > 0 ? `M ${right} ${firstBelow} V ${bottom}` : ''
  const drops = boxes.map((box, index) => {
    const end = box.y + boxSize.height
    return servers[index].isPrivate ? dropOf(middleOf(box), end, end + lane / 2) : null
  })
  return { trunk: [down, ...buses].join(' ').trim(), drops }
}

const middleOf = ({ x, width }: Box) => x + width / 2

const dropOf = (x: number, from: number, to: number): Wire => ({
  path: `M ${x} ${from} V ${to}`,
  middle: { x, y: (from + to) / 2 },
})
