import vine from '@vinejs/vine'

/** NET-01, NET-02. */
export const connection = vine.create({
  connected: vine.enum(['on', 'off'] as const),
})
