// Medians, spreads and tables: how numbers of the benchmark are condensed and printed.

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  if (sorted.length === 0) return Number.NaN
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** Nearest rank. @param {readonly number[]} ascending @param {number} percent */
export function percentile(ascending, percent) {
  return ascending[Math.max(0, Math.ceil((percent / 100) * ascending.length) - 1)] ?? Number.NaN
}

/** @param {number} value @param {number} [digits] after the point */
export function shown(value, digits = 0) {
  if (!Number.isFinite(value)) return '–'
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

/** `12,300 (11,900–12,800)` @param {readonly number[]} values @param {number} [digits] */
export function spread(values, digits = 0) {
  if (values.length === 0) return '–'
  const middle = shown(median(values), digits)
  if (values.length === 1) return middle
  return `${middle} (${shown(Math.min(...values), digits)}–${shown(Math.max(...values), digits)})`
}

/** A Markdown table whose columns are as wide as they must be. @param {readonly string[]} heads @param {readonly (readonly string[])[]} rows */
export function table(heads, rows) {
  const widths = heads.map((head, at) => Math.max(head.length, ...rows.map((row) => (row[at] ?? '').length)))
  const line = (cells) => `| ${widths.map((width, at) => (cells[at] ?? '').padEnd(width)).join(' | ')} |`
  return [line(heads), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)].join('\n')
}
