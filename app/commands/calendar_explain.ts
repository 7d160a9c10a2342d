import { BaseCommand, args, flags } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'
import type { ClosedBecause } from '#calendar/business_calendar'
import type { Day } from '#calendar/day'
import type { CountedDay, Explanation } from '#calendar/explanation'

const weekdays = ['日', '月', '火', '水', '木', '金', '土']
const closedWords = { saturday: '土曜日', sunday: '日曜日', year_end: '年末年始' }

/** ORD-01: why a date comes out of an order's kind and the moment of its application. */
export default class CalendarExplain extends BaseCommand {
  static commandName = 'calendar:explain'
  static description = '申込の種類と日時から、作業日がなぜその日になるかを示します'
  static options: CommandOptions = { startApp: true }

  @args.string({ description: '申込の種類 (例 disk_extension)' })
  declare kind: string

  @args.string({ description: '申込の日時、日本時間 (例 "2026-11-20 17:30")' })
  declare moment: string

  @flags.string({ description: '種類によって変わる内容 (JSON)' })
  declare details?: string

  async run() {
    const { kinds } = await import('#orders/index')
    const { providerCalendar } = await import('#orders/calendar')
    const { explain } = await import('#calendar/explanation')
    const kind = kinds.find(({ name }) => name === this.kind)
    if (!kind) {
      const names = kinds.map(({ name }) => name).join('、')
      return this.#refuse(`申込の種類「${this.kind}」はありません。種類：${names}`)
    }
    const moment = readMoment(this.moment)
    if (!moment)
      return this.#refuse('日時は「2026-11-20 17:30」のように、日本時間で指定してください')
    const details = readDetails(this.details)
    if (!details) return this.#refuse('--details は JSON のオブジェクトで指定してください')
    const found = explain(kind.lead(details), await providerCalendar(), moment)
    for (const line of linesOf(found)) this.logger.log(line)
  }

  #refuse(words: string) {
    this.logger.error(words)
    this.exitCode = 1
  }
}

/** Null for what is no moment. */
export function readMoment(typed: string): Date | null {
  const [, day, hour, minute] = /^(\d{4}-\d\d-\d\d)[T ](\d\d?):(\d\d)$/.exec(typed.trim()) ?? []
  const date = new Date(`${day}T${hour?.padStart(2, '0')}:${minute}:00+09:00`)
  return Number.isNaN(date.getTime()) ? null : date
}

function readDetails(typed = '{}'): object | null {
  try {
    const read: unknown = JSON.parse(typed)
    return read !== null && typeof read === 'object' && !Array.isArray(read) ? read : null
  } catch {
    return null
  }
}

export function linesOf(found: Explanation): string[] {
  return [receiptOf(found), ...found.days.map(lineOf), resultOf(found)]
}

function receiptOf({ appliedOn, isLate, receivedOn, days }: Explanation) {
  if (!isLate) return `${named(receivedOn)} の受付です`
  const late = `${named(appliedOn)} の受付時間を過ぎているため、`
  return days.length === 0 ? `${late}翌日からになります` : `${late}${named(receivedOn)} の受付です`
}

function lineOf({ day, closed, number }: CountedDay) {
  const words = closed ? closedName(closed) : number ? `${number} 営業日目` : '受付時間外'
  return `  ${named(day)}  ${words}`
}

function resultOf({ choice, earliest }: Explanation) {
  if (!choice) return `${named(earliest)} の予定です (日は選べません)`
  const days = choice.last
    ? `${named(choice.first)} から ${named(choice.last)} まで`
    : `${named(choice.first)} 以降`
  return `${days}の日を選べます`
}

function closedName(closed: ClosedBecause) {
  if ('name' in closed)
    return closed.reason === 'holiday' ? `祝日 (${closed.name})` : `休業日 (${closed.name})`
  return closedWords[closed.reason]
}

function named(day: Day) {
  return `${day} (${weekdays[day.weekday]})`
}
