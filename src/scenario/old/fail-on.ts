// Thresholds of Turbulence, `--fail-on 'pass_rate>0.99'`: what they would be now. Its help said that such a run
// fails, its code that it must hold; and a number of at most 1 was perhaps a share, perhaps percents.

const FORM = /^\s*([a-z0-9_]+)\s*(<=|>=|<|>)\s*(\d+(?:\.\d+)?)\s*$/
const LATENCY = /^p(\d+)_latency_ms$/
const TURNED: Readonly<Record<string, string>> = { '<': '>=', '<=': '>', '>': '<=', '>=': '<' }

export function thresholdOf(text: string): string {
  const [, metric = '', sign = '', number = ''] = FORM.exec(text) ?? []
  const now = conditionOf(metric, sign, number)
  if (now === undefined) return 'thresholds: in the scenario'
  const wanted = metric === 'pass_rate' ? '>' : '<'
  const isBackward = !sign.startsWith(wanted)
  const turned = isBackward ? conditionOf(metric, TURNED[sign] ?? sign, number) : undefined
  const doubt = turned === undefined ? '' : ` (it had to hold, whatever the help said: meant is perhaps ${turned})`
  const guessed = metric === 'pass_rate' && Number(number) <= 1 ? '; a share has its unit now, 0.99 was a guess' : ''
  return `thresholds: ["${now}"]${doubt}${guessed}`
}

function conditionOf(metric: string, sign: string, number: string): string | undefined {
  const percentile = LATENCY.exec(metric)?.[1]
  if (percentile !== undefined) return `p${percentile} ${sign} ${number}ms`
  if (metric === 'error_count') return `errors ${sign} ${number}`
  if (metric === 'pass_rate') return `success_rate ${sign} ${percent(Number(number))}%`
  // There is no count of failed iterations.
  return metric === 'fail_count' ? 'success_rate == 100%' : undefined
}

const percent = (given: number): number => Number((given <= 1 ? given * 100 : given).toFixed(6))
