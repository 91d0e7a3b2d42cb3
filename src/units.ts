// Durations, rates, sizes and percents: parsed with their units, printed for people. Nothing here
// guesses a unit, and nothing depends on the machine's locale.

const DURATION_MS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000, h: 3_600_000 }
const SIZE_BYTES: Readonly<Record<string, number>> = { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 }

const RATE_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 }

export const DURATION_UNITS: readonly string[] = Object.keys(DURATION_MS)

/** Milliseconds from `250ms`, `1.5s`, `2m`; undefined when it is not a number with one of the units. */
export function parseDuration(text: string): number | undefined {
  return parseWithUnit(text, DURATION_MS)
}

/** Bytes from `16mb`, `512kb`; 1 kb = 1024 bytes. */
export function parseSize(text: string): number | undefined {
  return parseWithUnit(text, SIZE_BYTES)
}

/** Per second, from `50/s`, `300/m`, `1000/h`; undefined when it is not a number with one of the units. */
export function parseRate(text: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*\/\s*([smh])\s*$/i.exec(text)
  const seconds = RATE_SECONDS[match?.[2]?.toLowerCase() ?? '']
  return seconds === undefined ? undefined : Number(match?.[1]) / seconds
}

function parseWithUnit(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*$/i.exec(text)
  const unit = match?.[2]?.toLowerCase()
  const factor = unit === undefined || !Object.hasOwn(units, unit) ? undefined : units[unit]
  if (match?.[1] === undefined || factor === undefined) return undefined
  // Dividing keeps `250us` at the double nearest to 0.25.
  return factor < 1 ? Number(match[1]) / Math.round(1 / factor) : Number(match[1]) * factor
}

/** `0.42 ms`, `38.4 ms`, `412 ms`, `1.25 s`, `2m 05s`. */
export function formatMs(ms: number): string {
  if (ms < 0) return ms > -0.005 ? '0 ms' : `-${formatMs(-ms)}`
  if (ms < 9.995) return `${trim(ms.toFixed(2))} ms`
  if (ms < 99.95) return `${trim(ms.toFixed(1))} ms`
  if (ms < 999.5) return `${ms.toFixed(0)} ms`
  if (ms < 59_950) return `${trim((ms / 1000).toFixed(ms < 9995 ? 2 : 1))} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${String(seconds % 60).padStart(2, '0')}s`
  const minutes = Math.floor(seconds / 60)
  return `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, '0')}m`
}

/** `212 MB`, `1.5 GB`; of 1024² and 1024³ bytes. */
export function formatMb(mb: number): string {
  return mb < 1023.5 ? `${mb.toFixed(0)} MB` : `${trim((mb / 1024).toFixed(1))} GB`
}

const DAYS: readonly string[] = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/** `Mon 2024-01-15 08:30`, UTC, of a date in ISO 8601. */
export function formatMoment(iso: string): string {
  return `${DAYS[new Date(iso).getUTCDay()] ?? ''} ${iso.slice(0, 16).replace('T', ' ')}`
}

/** `1,204`; for whole counts. */
export function formatCount(count: number): string {
  return Math.round(count)
    .toString()
    .replace(/\B(?=(\d{3})+(?!\d))/g, ',')
}

/** `99.3 %`; never rounds a rate that is not 100 up to 100, nor one that is not 0 down to 0. */
export function formatPercent(percent: number): string {
  for (const digits of [1, 2, 3, 6]) {
    const text = percent.toFixed(digits)
    const misleads = (Number(text) === 100 && percent !== 100) || (Number(text) === 0 && percent !== 0)
    if (!misleads) return `${trim(text)} %`
  }
  return `${percent} %`
}

/** `49.8/s`; few as `3/m`, `10/h`. */
export function formatRate(perSecond: number): string {
  if (perSecond > 0 && perSecond < 0.0995) {
    const [rate, unit] = perSecond * 60 < 0.0995 ? [perSecond * 3600, 'h'] : [perSecond * 60, 'm']
    return `${trim(rate.toFixed(2))}/${unit}`
  }
  return perSecond >= 999.95 ? `${formatCount(perSecond)}/s` : `${trim(perSecond.toFixed(perSecond < 10 ? 2 : 1))}/s`
}

/** `1 request`, `3 requests`, `1,204 requests`. */
export function plural(count: number, one: string, many: string = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

function trim(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}
