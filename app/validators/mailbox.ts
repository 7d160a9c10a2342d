import vine from '@vinejs/vine'
import { localPart, megabytes, singleLine, strongPassword } from '#validators/rules'

const quota = () => megabytes(1)
const description = () =>
  vine.string().trim().maxLength(100).use(singleLine()).nullable().optional()

/** `mostMb`: the domain's share of the disk. */
export const newMailbox = vine.withMetaData<{ mostMb: number }>().create({
  local_part: vine
    .string()
    .maxLength(1024)
    .use(localPart())
    .transform((typed) => typed.trim().toLowerCase()),
  password: vine.string().use(strongPassword()),
  description: description(),
  quota_mb: quota(),
})

/** `loaded_*`: what the form showed before anything was typed. */
export const mailboxEdit = vine.withMetaData<{ login: string; mostMb: number }>().create({
  password: vine.string().use(strongPassword()).nullable().optional(),
  description: description(),
  quota_mb: quota(),
  loaded_description: vine.string().trim().nullable().optional(),
  loaded_quota_mb: vine.number().optional(),
})

/** Radio buttons: unlike a box that is not ticked, a choice that is missing is noticed. */
export const ftpRight = vine.create({
  ftp_right: vine.enum(['on', 'off'] as const),
})

export const mailboxDescription = vine.create({
  description: description(),
})

/** As many as a page of the list has, and some more. */
export const chosenMailboxes = vine.create({
  mailboxes: vine
    .array(vine.number().withoutDecimals().positive().max(Number.MAX_SAFE_INTEGER))
    .notEmpty()
    .maxLength(100),
})
