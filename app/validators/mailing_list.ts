import vine from '@vinejs/vine'
import type { Infer } from '@vinejs/vine/types'
import { checkForward } from '#models/mail_address'
import { readAddressList } from '#models/mail_address/list'
import { membersPerPage } from '#models/mailing_list/listing'
import {
  type ListSettings,
  longestPrefix,
  moderations,
  mostModerators,
  postings,
  replyTargets,
} from '#models/mailing_list/settings'
import { addressList, listName, singleLine } from '#validators/rules'

/** Of one form; more come with another form, or as CSV. */
export const mostNewMembers = 2000

const text = (most: number) => vine.string().trim().maxLength(most).use(singleLine()).nullable()
const onOrOff = () => vine.enum(['on', 'off'] as const)

const addresses = (most: number) =>
  vine
    .string()
    .maxLength(most * 300)
    .use(addressList({ check: checkForward, most }))

const settings = {
  description: text(100).optional(),
  posting: vine.enum(postings),
  moderation: vine.enum(moderations),
  moderators: addresses(mostModerators).nullable().optional(),
  subject_prefix: text(longestPrefix).optional(),
  reply_to: vine.enum(replyTargets),
  auto_subscription: onOrOff(),
  archive: onOrOff(),
}

export const newMailingList = vine.create({
  local_part: vine
    .string()
    .maxLength(1024)
    .use(listName())
    .transform((typed) => typed.trim().toLowerCase()),
  members: addresses(mostNewMembers).nullable().optional(),
  ...settings,
})

export const mailingListEdit = vine.create(settings)

export const newMembers = vine.create({ members: addresses(mostNewMembers) })

/** Rows that were ticked on a page. */
export const chosenMemberRows = vine.create({
  rows: vine
    .array(vine.number().withoutDecimals().positive().max(Number.MAX_SAFE_INTEGER))
    .notEmpty()
    .maxLength(membersPerPage * 2),
})

type Typed = Infer<typeof mailingListEdit>

/** What the form says, as the model has it. */
export function settingsOf(
  input: Typed
): ListSettings & { readonly moderators: readonly string[] } {
  return {
    description: input.description ?? null,
    posting: input.posting,
    moderation: input.moderation,
    moderators: readAddressList(input.moderators, checkForward).values,
    subjectPrefix: input.subject_prefix || null,
    replyTo: input.reply_to,
    autoSubscription: input.auto_subscription === 'on',
    archive: input.archive === 'on',
  }
}
