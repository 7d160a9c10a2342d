/** Holidays of 国民の祝日に関する法律 from 2013 to 2040, worked out from its rules: a second opinion beside the library's table. */
export function japaneseHolidays(year: number): ReadonlySet<string> {
  const named = new Set([...fixed(year), ...mondays(year), ...equinoxes(year), ...emperor(year)])
  return new Set([...named, ...substitutes(named), ...between(named)])
}

function fixed(year: number) {
  const days = ['01-01', '02-11', '04-29', '05-03', '05-04', '05-05', '11-03', '11-23']
  const mountain: Record<number, string> = { 2020: '08-10', 2021: '08-08' }
  if (year >= 2016) days.push(mountain[year] ?? '08-11')
  return days.map((day) => `${year}-${day}`)
}

/** Olympic years moved two of them. */
function mondays(year: number) {
  const sea: Record<number, string> = { 2020: '2020-07-23', 2021: '2021-07-22' }
  const sports: Record<number, string> = { 2020: '2020-07-24', 2021: '2021-07-23' }
  return [
    monday(year, 1, 2),
    sea[year] ?? monday(year, 7, 3),
    monday(year, 9, 3),
    sports[year] ?? monday(year, 10, 2),
  ]
}

function monday(year: number, month: number, nth: number) {
  const first = new Date(Date.UTC(year, month - 1, 1)).getUTCDay()
  return text(Date.UTC(year, month - 1, 1 + ((8 - first) % 7) + (nth - 1) * 7))
}

/** The observatory's formula, good until 2099. */
function equinoxes(year: number) {
  const day = (base: number) =>
    Math.floor(base + 0.242194 * (year - 1980) - Math.floor((year - 1980) / 4))
  return [text(Date.UTC(year, 2, day(20.8431))), text(Date.UTC(year, 8, day(23.2488)))]
}

function emperor(year: number) {
  if (year === 2019) return ['2019-05-01', '2019-10-22']
  return [year < 2019 ? `${year}-12-23` : `${year}-02-23`]
}

function substitutes(named: ReadonlySet<string>) {
  const days = [...named].filter((day) => new Date(day).getUTCDay() === 0)
  return days.map((day) => {
    let next = plus(day, 1)
    while (named.has(next)) next = plus(next, 1)
    return next
  })
}

function between(named: ReadonlySet<string>) {
  return [...named].map((day) => plus(day, 1)).filter((day) => named.has(plus(day, 1)))
}

function plus(day: string, days: number) {
  return text(Date.parse(day) + days * 86_400_000)
}

function text(ms: number) {
  return new Date(ms).toISOString().slice(0, 10)
}
