import vine from '@vinejs/vine'

const id = () => vine.number().withoutDecimals().positive().max(Number.MAX_SAFE_INTEGER)

export const newStaffRestore = vine.create({ target: id() })

const databaseName = () => vine.string().regex(/^[a-z0-9_]{1,40}$/)

/** `what` is a decision; a database alone is only looked at first. */
export const chosenRestore = vine.create({
  generation: id(),
  what: vine
    .string()
    .regex(/^(?:mailbox:[a-z0-9._+-]{1,64}|database:[a-z0-9_]{1,40})$/)
    .optional(),
  mailbox: vine.string().trim().toLowerCase().maxLength(320).optional(),
  database: databaseName().optional(),
})

export const chosenDatabase = vine.create({ generation: id(), database: databaseName() })

/** What goes is named by who lets it go. */
export const newRebuild = vine.create({ name: vine.string().maxLength(100) })

export const backupHostEdit = vine.create({
  generations: vine.number().withoutDecimals().min(1).max(31),
})
