// What agents did, line by line, in the run's folder: every iteration in `instances.jsonl`, steps in
// `steps.jsonl`, assertions in `assertions.jsonl`. Written beside the run; secrets are masked.
import { exampleOf } from '../engine/causes.ts'
import type { Doing, StepFailure } from '../engine/observer.ts'
import type { Pressed } from '../engine/pressure.ts'
import type { Sent } from '../engine/world.ts'
import type { Plan } from '../plan/plan.ts'
import { Seed } from '../random.ts'
import { planRedactor } from '../plan/secrets.ts'
import type { Redactor } from '../redact.ts'
import type { Failure, Iteration } from '../sample.ts'
import type { PlacedStep } from '../scenario/scenario.ts'
import type { RunFolder } from '../store/files.ts'
import type { LineFile } from '../store/line-file.ts'
import type { RecordLevel } from '../store/record-level.ts'
import { plural } from '../units.ts'

const NAMES = ['instances', 'steps', 'assertions'] as const

/** How far the files have come, as plain data. */
export interface RecordsState {
  /** Bytes, by file name. */
  readonly sizes: Readonly<Record<string, number>>
  readonly examples: number
}

const SAMPLED_SHARE = 0.01
/** Failures with their request and answer; later ones say only what went wrong. */
const MOST_EXAMPLES = 1000

export class Records {
  readonly #folder: RunFolder
  readonly #files: Readonly<Record<(typeof NAMES)[number], LineFile>>
  readonly #redactor: Redactor
  readonly #seed: Seed
  readonly #level: RecordLevel
  readonly #sampled = new WeakMap<Doing, { readonly cycle: number; readonly iteration: number; readonly is: boolean }>()
  /** The constant beginning of a group's lines, by group. */
  readonly #groups = new Map<string, string>()
  #examples: number

  /** @param before where the run stood that goes on */
  constructor(plan: Plan, folder: RunFolder, level: RecordLevel = 'failures', before?: RecordsState) {
    this.#level = level
    this.#folder = folder
    const lines = (name: string): LineFile => folder.lines(`${name}.jsonl`, before?.sizes[`${name}.jsonl`])
    this.#files = { instances: lines('instances'), steps: lines('steps'), assertions: lines('assertions') }
    this.#examples = before?.examples ?? 0
    this.#redactor = planRedactor(plan)
    this.#seed = new Seed(plan.seed)
  }

  /** Whether steps that went well are wanted, too. */
  get wantsSteps(): boolean {
    return this.#level === 'all' || this.#level === 'sampled'
  }

  iteration(iteration: Iteration, by: Doing): void {
    // Written by hand instead of JSON.stringify: a line is made for every iteration, and most hold only these numbers.
    const { cycle, iteration: number, ok, aborted, durationUs, group } = iteration
    const who = `${this.#groupOf(group)},"agent":${JSON.stringify(by.id)}`
    const counted = `"cycle":${cycle},"iteration":${number},"ok":${ok},"aborted":${aborted}`
    const told = `"duration_ms":${durationUs / 1000},"correlation_id":"${by.correlationId}"`
    this.#files.instances.add(`${who},${counted},${told}${this.#more(by)}}`)
  }

  /** The rest of the line: what only few iterations have. */
  #more({ variation, pressed, failed }: Doing): string {
    if (variation === undefined && pressed === undefined && failed === undefined) return ''
    const more = {
      ...(variation !== undefined && {
        variation: this.#redactor.value(variation.values),
        timing: { jitter_ms: rounded(variation.jitterMs), step_delay_ms: rounded(variation.stepDelayMs) },
      }),
      ...(pressed !== undefined && { pressure: pressedLine(pressed) }),
      ...(failed !== undefined && { failure: { step: failed.step, ...this.#said(failed.failure, failed.secrets) } }),
    }
    return `,${JSON.stringify(more).slice(1, -1)}`
  }

  #groupOf(group: string): string {
    let text = this.#groups.get(group)
    if (text === undefined) this.#groups.set(group, (text = JSON.stringify({ group }).slice(0, -1)))
    return text
  }

  failure(failure: StepFailure): void {
    if (this.#level === 'none') return
    const { group, agentId, cycle, iteration, source, isLoad } = failure
    const isAssertion = source.step.type === 'assert'
    const who = { ...(group !== undefined && { group }), agent: agentId, cycle, iteration }
    const outside = isLoad ? {} : { outside: outsideOf(group, source) }
    const line = { ...who, ...outside, ...nameOf(source), ok: false }
    const secrets = failure.secrets()
    const said = this.#said(failure.failure, secrets)
    if (isAssertion) return this.#files.assertions.add(JSON.stringify({ ...line, ...said }))
    const { curl, body } = this.#examples++ < MOST_EXAMPLES ? exampleOf(failure, this.#redactor.knowing(secrets)) : {}
    const more = { ...answeredBy(failure.sent), ...(curl !== undefined && { curl, body }) }
    this.#files.steps.add(JSON.stringify({ ...line, ...said, ...more }))
  }

  /** One that went well. */
  step(by: Doing, source: PlacedStep): void {
    if (!by.isLoad || (this.#level !== 'all' && !this.#isSampled(by))) return
    const { group, id: agent, cycle, iteration, sent } = by
    const line = { group, agent, cycle, iteration, ...nameOf(source), ok: true }
    if (source.step.type === 'assert') return this.#files.assertions.add(JSON.stringify(line))
    this.#files.steps.add(JSON.stringify({ ...line, ...answeredBy(sent) }))
  }

  get state(): RecordsState {
    const sizes = NAMES.map((name) => [`${name}.jsonl`, this.#files[name].bytes] as const)
    return { sizes: Object.fromEntries(sizes), examples: this.#examples }
  }

  /** Resolves when everything so far is in the files. */
  async written(): Promise<void> {
    await Promise.all(Object.values(this.#files).map((file) => file.drained()))
  }

  flush(): void {
    for (const file of Object.values(this.#files)) file.flush()
  }

  /** What could not be kept; nothing new where there is no folder. */
  async close(): Promise<readonly string[]> {
    const files = Object.entries(this.#files)
    await Promise.all(files.map(([, file]) => file.drained()))
    const incomplete = files.filter(([, { lost }]) => lost !== undefined)
    const reason = incomplete[0]?.[1].lost?.reason
    if (reason === undefined || this.#folder.path === undefined) return []
    const lines = incomplete.reduce((sum, [, { lost }]) => sum + (lost?.lines ?? 0), 0)
    const names = incomplete.map(([name]) => `${name}.jsonl`).join(' and ')
    return [`${plural(lines, 'line')} of ${names} in ${this.#folder.path} were not kept: ${reason}.`]
  }

  #said({ outcome, message }: Failure, secrets: readonly string[]): { outcome: string; message: string } {
    return { outcome, message: this.#redactor.knowing(secrets).text(message) }
  }

  #isSampled(by: Doing): boolean {
    const { cycle, iteration } = by
    const known = this.#sampled.get(by)
    if (known?.cycle === cycle && known.iteration === iteration) return known.is
    const is = this.#seed.stream(`record\u0000${by.id}\u0000${cycle}\u0000${iteration}`).next() < SAMPLED_SHARE
    this.#sampled.set(by, { cycle, iteration, is })
    return is
  }
}

function outsideOf(group: string | undefined, { path }: PlacedStep): string {
  if (group !== undefined) return 'on_failure'
  return path.replace(/\[.*$/s, '')
}

function nameOf({ step }: PlacedStep): { step: string; type?: string } {
  return step.type === 'assert' ? { step: step.name } : { step: step.name, type: step.type }
}

/** Absent when no answer came. */
function answeredBy(sent: Sent | undefined): { status?: number; latency_ms?: number } {
  const answer = sent?.answer
  return answer === undefined ? {} : { status: answer.status, latency_ms: rounded(answer.latencyMs) }
}

function pressedLine({ delayedMs, ...counts }: Pressed): Record<string, number> {
  const done = Object.entries({ delayed_ms: rounded(delayedMs), ...counts }).filter(([, n]) => n > 0)
  return Object.fromEntries(done)
}

/** To a microsecond. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000
}
