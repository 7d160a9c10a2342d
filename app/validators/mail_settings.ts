import vine from '@vinejs/vine'
import { checkForward, checkSender } from '#models/mail_address'
import { spamActions, spamLevels } from '#models/mailbox/settings'
import { addressList, day, singleLine, textLines } from '#validators/rules'

/** Room for 100 entries of the longest kind. */
const longestListText = 30_000
export const longestVacationText = 2000

/** Radio buttons: unlike a box that is not ticked, a choice that is missing is noticed. */
const onOrOff = () => vine.enum(['on', 'off'] as const)
const listText = () => vine.string().maxLength(longestListText)
const version = () => vine.string().maxLength(64).nullable().optional()

export const virusWarning = vine.create({
  virus_warning: onOrOff(),
})

export const spamCheck = vine.create({
  spam_check: onOrOff(),
  spam_level: vine.enum(spamLevels),
  spam_action: vine.enum(spamActions),
})

/** `loaded`: the version of the list that the form showed. */
export const senderList = vine.create({
  senders: listText()
    .use(addressList({ check: checkSender }))
    .nullable()
    .optional(),
  loaded: version(),
})

/** `address`: of the user himself. */
export const forwarding = vine.withMetaData<{ address: string }>().create({
  forwards: listText()
    .use(addressList({ check: checkForward, own: true }))
    .nullable()
    .optional(),
  forward_keeps: onOrOff(),
  loaded: version(),
})

export const userScript = vine.create({
  user_script: onOrOff(),
})

export const vacation = vine.create({
  vacation: onOrOff(),
  vacation_subject: vine
    .string()
    .trim()
    .maxLength(100)
    .use(singleLine())
    .nullable()
    .optional()
    .requiredWhen('vacation', '=', 'on'),
  vacation_text: vine
    .string()
    .maxLength(longestVacationText)
    .use(textLines())
    .nullable()
    .optional()
    .requiredWhen('vacation', '=', 'on'),
  vacation_from: vine.string().maxLength(40).use(day()).nullable().optional(),
  vacation_until: vine
    .string()
    .maxLength(40)
    .use(day({ after: 'vacation_from', onlyWhen: 'vacation' }))
    .nullable()
    .optional(),
})
