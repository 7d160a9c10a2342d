import vine from '@vinejs/vine'
import { singleLine } from '#validators/rules'

const id = () => vine.number().withoutDecimals().positive().max(Number.MAX_SAFE_INTEGER)

export const newStaffRestore = vine.create({ target: id() })

export const chosenRestore = vine.create({
  generation: id(),
  what: vine.string().regex(/^(?:mailbox:[a-z0-9._+-]{1,64}|database:[a-z0-9_]{1,40})$/),
})

const secret = () => vine.string().maxLength(500).use(singleLine()).nullable().optional()

export const backupHostEdit = vine.create({
  generations: vine.number().withoutDecimals().min(1).max(31),
  offsite: vine.enum(['none', 's3', 'sftp'] as const),
  /** `https://host/bucket/path`, or `user@host:/path`. */
  offsite_repository: vine
    .string()
    .trim()
    .maxLength(255)
    .use(singleLine())
    .regex(
      /^(?:https?:\/\/[A-Za-z0-9.-]+(?::\d{1,5})?\/[A-Za-z0-9._/-]+|[a-z_][a-z0-9_-]*@[A-Za-z0-9.-]+(?::\d{1,5})?\/[A-Za-z0-9._/-]+)$/
    )
    .nullable()
    .optional()
    .requiredWhen('offsite', 'in', ['s3', 'sftp']),
  /** What is left empty stays as it was. */
  offsite_password: secret(),
  offsite_key_id: secret(),
  offsite_key: secret(),
})
