import vine from '@vinejs/vine'
import { workWindows, type WorkWindow } from '#calendar/work_window'
import { Refusal } from '#exceptions/refusals'
import type { PriceUse } from '#models/fee/cost'
import Server from '#models/server'
import { mostExtraDiskGb } from '#models/server/plan'
import { charge } from '#orders/effects/options'
import { requestResize } from '#orders/effects/resize'
import type { OrderKind } from '#orders/kind'
import { refuseNotServing } from '#orders/kinds/refusals'

interface DiskExtension {
  /** So many times 100 GB. */
  readonly units: number
}

export const unitGb = 100

const windows = Object.keys(workWindows) as WorkWindow[]
const isNight = (window: string | null) =>
  window !== null && workWindows[window as WorkWindow]?.isNight === true

/** OPT-02: by 100 GB up to 2 TB, never back; nights by form (ORD-05). */
export const diskExtension: OrderKind<DiskExtension> = {
  name: 'disk_extension',
  requirement: 'OPT-02',
  group: 'server',
  subject: 'server',
  isVirtualOnly: true,
  door: 'both',
  isFormOnly: ({ window }) => isNight(window),
  lead: () => ({ kind: 'until_end_of_next_month', days: 6 }),
  windows: (_details, role) =>
    role === 'staff' ? windows : windows.filter((window) => !isNight(window)),
  isOncePerDay: true,
  fields: {
    units: vine
      .number()
      .withoutDecimals()
      .range([1, mostExtraDiskGb / unitGb]),
  },
  choices: async ({ server }) => ({
    most: server ? (mostExtraDiskGb - server.extraDiskGb) / unitGb : mostExtraDiskGb / unitGb,
    diskGb: server?.diskGb,
  }),
  admit: async ({ server }) => {
    refuseNotServing(server!)
    if (server!.extraDiskGb >= mostExtraDiskGb) throw new Refusal('order_disk_is_at_most')
  },
  check: async ({ server, details }) => {
    if (server!.extraDiskGb + details.units * unitGb > mostExtraDiskGb) {
      const left = mostExtraDiskGb - server!.extraDiskGb
      throw new Refusal('order_disk_is_full', 'units', { left })
    }
  },
  priceCodes: ['disk.work', 'disk.100gb'],
  prices: ({ details }) => pricesOf(details),
  describe: ({ units }) => [{ key: 'units', text: `${units * unitGb} GB` }],
  work: 'machine',
  begin: async (order, client) => {
    const { units } = order.facts as DiskExtension
    await requestResize(order, { addedDiskGb: units * unitGb }, client)
  },
  perform: async (order, client) => {
    const facts = order.facts as DiskExtension
    const server = await Server.lock(order.serverId!, client)
    await server.merge({ extraDiskGb: server.extraDiskGb + facts.units * unitGb }).save()
    await charge(order, pricesOf(facts), { serverId: server.id, subject: server.name }, client)
  },
}

function pricesOf({ units }: DiskExtension): PriceUse[] {
  return [{ code: 'disk.work' }, { code: 'disk.100gb', quantity: units }]
}
