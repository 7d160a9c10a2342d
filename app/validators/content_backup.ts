import vine from '@vinejs/vine'

/** Chosen at once; more is chosen by its directory. */
export const mostChosen = 100

/** A path below `backup/contents` as a page gave it out: bytes in base64url. */
const path = () =>
  vine
    .string()
    .maxLength(8192)
    .regex(/^[\w-]+$/)

export const contentBackupEntries = vine.create({ path: path().optional() })

export const contentRestore = vine.create({
  chosen: vine.array(path()).maxLength(mostChosen).optional(),
  deletes: vine.boolean().optional(),
})
