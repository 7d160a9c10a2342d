import { periodOf as periodOfPrice } from '#billing/codes'

type Translate = (key: string) => string

const yens = new Intl.NumberFormat('ja-JP')

/** `12,345円`; a sum that is given back is `-123円`. */
export function yen(value: number | null | undefined) {
  return value === null || value === undefined ? '' : `${yens.format(value)}円`
}

/** `2026年11月` of `2026-11`. */
export function monthText(month: { toString(): string }) {
  const [year, number] = month.toString().split('-')
  return `${year}年${Number(number)}月`
}

interface LineLike {
  readonly code: string
  readonly from_on: string
  readonly until_on: string
  readonly is_correction: boolean | number
}

export function billingWordsOf(t: Translate) {
  const priceName = (code: string) => t(`prices.${code}`)
  return {
    priceName,
    periodOfPrice,
    lineName: (line: LineLike) =>
      line.is_correction
        ? `${priceName(line.code)} ${monthText(line.from_on)}分の調整`
        : priceName(line.code),
    /** `11/1〜11/15`, the year where it changes. */
    lineDays: ({ from_on: from, until_on: until }: LineLike) =>
      from === until ? short(from) : `${short(from)}〜${short(until, from)}`,
  }
}

function short(day: string, beside = day) {
  const [year, month, date] = day.split('-').map(Number)
  const isOther = year !== Number(beside.slice(0, 4))
  return `${isOther ? `${year}/` : ''}${month}/${date}`
}
