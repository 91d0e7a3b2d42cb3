// The numbers of a verdict as text. A value is shown with as many digits as it takes to see on which
// side of its limit it is: 300.2 ms is not "300 ms" beside "< 300 ms".
import { formatCount, formatMs, formatPercent, formatRate, parseDuration } from '../units.ts'
import type { MetricUnit } from '../metrics/metric.ts'

/** A limit is shown exactly. */
export function limitText(limit: number, unit: MetricUnit): string {
  if (unit === 'ms') {
    const short = formatMs(limit)
    if (parseDuration(short) === limit) return short
    return limit < 1000 ? `${limit} ms` : `${limit / 1000} s`
  }
  if (unit === '%') return `${limit} %`
  if (unit === '/s') return `${limit}/s`
  return Number.isInteger(limit) ? formatCount(limit) : String(limit)
}

/** The shortest text whose number compares to the limit as the value does. */
export function valueText(value: number, limit: number, unit: MetricUnit): string {
  const side = Math.sign(value - limit)
  const honest = candidates(value, unit).find(([, shown]) => Math.sign(shown - limit) === side)
  return honest?.[0] ?? `${value}${unit === '/s' || unit === '' ? unit : ` ${unit}`}`
}

/** Texts with more and more digits, each with the number it says. */
function candidates(value: number, unit: MetricUnit): [string, number][] {
  const digits = [0, 1, 2, 3, 6, 9]
  if (unit === 'ms') {
    const short = formatMs(value)
    const inSeconds = value >= 1000
    const long = digits.map((n): [string, number] => {
      const number = Number((inSeconds ? value / 1000 : value).toFixed(n))
      return [`${number} ${inSeconds ? 's' : 'ms'}`, inSeconds ? number * 1000 : number]
    })
    // Minutes and hours are not parsed back, and a limit is never written in them.
    const shown = parseDuration(short)
    return shown === undefined ? long : [[short, shown], ...long]
  }
  const long = digits.map((n) => Number(value.toFixed(n)))
  if (unit === '%') return [numbered(formatPercent(value)), ...long.map((n): [string, number] => [`${n} %`, n])]
  if (unit === '/s') return [numbered(formatRate(value)), ...long.map((n): [string, number] => [`${n}/s`, n])]
  return [[formatCount(value), Math.round(value)], ...long.map((n): [string, number] => [String(n), n])]
}

function numbered(text: string): [string, number] {
  return [text, Number.parseFloat(text.replaceAll(',', ''))]
}

/** `+37.3 %`, for rates `-4.8 points`; empty where a distance says nothing. */
export function distanceText(value: number, limit: number, unit: MetricUnit): string {
  if (value === limit) return unit === '' ? '' : 'exactly at the limit'
  if (unit === '%') return `${signed(value - limit)} points`
  return limit === 0 || unit === '' ? '' : `${signed(((value - limit) / limit) * 100)} %`
}

function signed(amount: number): string {
  const digits = [1, 2, 3, 6].find((n) => Number(amount.toFixed(n)) !== 0) ?? 9
  const sign = amount > 0 ? '+' : '-'
  const size = Math.abs(amount)
  return `${sign}${size >= 1000 ? formatCount(size) : Number(size.toFixed(digits))}`
}
