import vine from '@vinejs/vine'

/** `exempt`: users of the domain, one a line. `loaded`: the version of the list that the form showed. */
export const restriction = vine.create({
  restricted: vine.enum(['on', 'off'] as const),
  exempt: vine.string().maxLength(70_000).nullable().optional(),
  loaded: vine.string().maxLength(64).nullable().optional(),
})
