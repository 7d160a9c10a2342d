import vine from '@vinejs/vine'

/** SRV-01: whether it is given new servers, and how much of its memory they are promised. */
export const computeNodeEdit = vine.create({
  accepts_servers: vine.enum(['yes', 'no'] as const),
  memory_percent: vine.number().withoutDecimals().range([10, 1000]),
})
