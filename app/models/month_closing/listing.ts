import db from '@adonisjs/lucid/services/db'
import MonthClosing from '#models/month_closing'

const shown = 24

/** The newest months with what their statements come to. */
export async function closingRows() {
  const closings = await MonthClosing.query().orderBy('month', 'desc').limit(shown)
  const months = closings.map(({ month }) => month)
  const sums: { month: string; net: number; tax: number }[] = await db
    .from('statements')
    .whereIn('month', months)
    .groupBy('month')
    .select('month')
    .sum({ net: 'net_yen', tax: 'tax_yen' })
  const byMonth = new Map(sums.map((sum) => [sum.month, sum]))
  return closings.map((closing, index) => ({
    closing,
    isNewest: index === 0,
    net: Number(byMonth.get(closing.month)?.net ?? 0),
    tax: Number(byMonth.get(closing.month)?.tax ?? 0),
  }))
}
