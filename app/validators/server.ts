import vine from '@vinejs/vine'
import { powerActions } from '#models/server/power'

/** SRV-05. */
export const serverPower = vine.create({ power: vine.enum(powerActions) })
