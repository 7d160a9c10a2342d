import vine from '@vinejs/vine'
import { localPart, singleLine, strongPassword } from '#validators/rules'

/** In MiB. */
export const mailboxQuota = { min: 1, max: 1024 * 1024 }

const quota = () =>
  vine.number().withoutDecimals().range([mailboxQuota.min, mailboxQuota.max]).optional()
const description = () =>
  vine.string().trim().maxLength(100).use(singleLine()).nullable().optional()

export const newMailbox = vine.create({
  local_part: vine
    .string()
    .maxLength(1024)
    .use(localPart())
    .transform((typed) => typed.trim().toLowerCase()),
  password: vine.string().use(strongPassword()),
  description: description(),
  quota_mb: quota(),
})

export const mailboxEdit = vine.withMetaData<{ login: string }>().create({
  password: vine.string().use(strongPassword()).nullable().optional(),
  description: description(),
  quota_mb: quota(),
})
