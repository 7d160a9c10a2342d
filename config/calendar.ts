/** ORD-01: the turn of the year, and the hour (Japan) from which an application counts as received on the next business day. */
export const yearEnd = { from: '12-29', to: '01-03' } as const
export const closesAtHour = 17
