// A threshold as the user writes it, short or long, and as everyone else has it: plain data with the
// defaults filled in. Whether a scenario has what it names is check.ts; judging it is the gate's.
import { didYouMean } from '../errors.ts'
import { parseCondition } from './grammar.ts'
import type { Condition, ThresholdProblem } from './grammar.ts'
import type { Customs } from './metric.ts'

export { displayName, selectorText } from './selector.ts'
export type { Selector } from './selector.ts'

/** A condition on the Summary that must hold. */
export interface Threshold extends Condition {
  /** As written. */
  readonly expression: string
  readonly name?: string
  /** Instead of what the statistic needs. */
  readonly minSamples?: number
  readonly abortOnFail: boolean
  readonly onNoData: 'fail' | 'skip'
  readonly onInconclusive: 'fail' | 'skip'
  /** `cycle`: it must hold in every cycle. */
  readonly per: 'run' | 'cycle'
}

export type ParsedThreshold = { readonly threshold: Threshold } | { readonly problems: readonly ThresholdProblem[] }

const KEYS: readonly string[] = ['that', 'name', 'min_samples', 'abort_on_fail', 'on_no_data', 'on_inconclusive', 'per']

/** Reads `p95 < 300ms` or `{ that: p95 < 300ms, name: tail, … }`; never throws. */
export function parseThreshold(input: unknown, customs: Customs = new Map()): ParsedThreshold {
  if (typeof input === 'string') return fromOptions(input, {}, customs, [])
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    const message = `A threshold is a text or a mapping, not ${input === null ? 'nothing' : describe(input)}.`
    return { problems: [{ message, hint: 'e.g. p95 < 300ms, or { that: p95 < 300ms, name: tail }' }] }
  }
  const form: Readonly<Record<string, unknown>> = Object.fromEntries(Object.entries(input))
  const problems: ThresholdProblem[] = Object.keys(form)
    .filter((key) => !KEYS.includes(key))
    .map((key) => ({ message: `A threshold has no key "${key}".`, hint: didYouMean(key, KEYS, 'Keys'), key }))
  if (typeof form['that'] === 'string') return fromOptions(form['that'], form, customs, problems)
  const message = 'that' in form ? `"that" is a text, not ${describe(form['that'])}.` : 'The key "that" is missing.'
  return { problems: [...problems, { message, hint: 'e.g. { that: p95 < 300ms, name: tail }', key: 'that' }] }
}

type Options = Pick<Threshold, 'abortOnFail' | 'onNoData' | 'onInconclusive' | 'per'> &
  Partial<Pick<Threshold, 'name' | 'minSamples'>>

function fromOptions(
  text: string,
  form: Readonly<Record<string, unknown>>,
  customs: Customs,
  problems: ThresholdProblem[],
): ParsedThreshold {
  const parsed = parseCondition(text, customs)
  if ('problems' in parsed) problems.push(...parsed.problems)
  const options = readOptions(form, problems)
  if ('problems' in parsed || problems.length > 0) return { problems }
  return { threshold: { expression: text.trim(), ...parsed.condition, ...options } }
}

function readOptions(form: Readonly<Record<string, unknown>>, problems: ThresholdProblem[]): Options {
  const { name, min_samples: minSamples, abort_on_fail: abortOnFail = false } = form
  const wrong = (key: string, must: string): void => {
    problems.push({ message: `"${key}" must be ${must}, not ${describe(form[key])}.`, key })
  }
  const choice = <Known extends string>(key: string, known: readonly [Known, Known]): Known => {
    const value = form[key] ?? known[0]
    const found = known.find((one) => one === value)
    if (found === undefined) wrong(key, known.map((one) => `"${one}"`).join(' or '))
    return found ?? known[0]
  }
  if (name !== undefined && (typeof name !== 'string' || name.trim() === '')) wrong('name', 'a text')
  if (minSamples !== undefined && !(Number.isSafeInteger(minSamples) && Number(minSamples) > 0))
    wrong('min_samples', 'a whole number above zero')
  if (typeof abortOnFail !== 'boolean') wrong('abort_on_fail', 'true or false')
  return {
    ...(typeof name === 'string' && { name }),
    ...(typeof minSamples === 'number' && { minSamples }),
    abortOnFail: abortOnFail === true,
    onNoData: choice('on_no_data', ['fail', 'skip']),
    onInconclusive: choice('on_inconclusive', ['fail', 'skip']),
    per: choice('per', ['run', 'cycle']),
  }
}

function describe(value: unknown): string {
  if (typeof value === 'string') return `"${value}"`
  if (value === null || value === undefined) return 'nothing'
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'a mapping'
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : `a ${typeof value}`
}
