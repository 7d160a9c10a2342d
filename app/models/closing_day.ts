import { ClosingDaySchema } from '#database/schema'

/** ORD-01: a day on which the provider is closed by his own decision. */
export default class ClosingDay extends ClosingDaySchema {}
