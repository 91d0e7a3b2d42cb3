// The live measurements of one scope, a cycle or the run so far, made for recording: arrays by slot
// and whole-number keys, nothing allocated once a thing has been seen. Reading it is view.ts.
import type { Iteration, Measurement, Sample } from '../sample.ts'
import { Histogram } from './histogram.ts'
import { countsOutcome } from './metric.ts'
import { ATTEMPT_TRENDS, OUTCOME_INDEX, attemptKey, hasTrends, takesSample } from './series.ts'
import type { AttemptTrend, Layout } from './series.ts'
import type { GroupCounts } from './summary.ts'

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }

/** Counts by `attemptKey`; the boxes are kept so that counting on allocates nothing. */
export type Tally = Map<number, { n: number }>

/** Of one metric of a `call` step: what was added or tried, what held, times. */
export interface CustomTally {
  n: number
  held: number
  times: Histogram | undefined
}

export class Scope {
  readonly layout: Layout
  durationMs = 0
  /** By slot. */
  readonly attempts: readonly Tally[]
  readonly checks: number[]
  readonly checksHeld: number[]
  /** How often a `call` step ran, by slot. */
  readonly calls: number[]
  /** What it recorded, by slot and name. */
  readonly custom: readonly Map<string, CustomTally>[]
  /** By group. */
  readonly groups: readonly Mutable<GroupCounts>[]
  readonly durations: (Histogram | undefined)[] = []
  /** Trend → by slot for latency, by place for the others. */
  readonly trends: Readonly<Record<AttemptTrend, (Histogram | undefined)[]>>
  /** By position in `layout.own`; of each pair, one is used. */
  readonly ownTimes: (Histogram | undefined)[] = []
  readonly ownCounts: readonly Tally[]

  constructor(layout: Layout) {
    this.layout = layout
    this.attempts = layout.slots.map(() => new Map())
    this.checks = layout.slots.map(() => 0)
    this.checksHeld = layout.slots.map(() => 0)
    this.calls = layout.slots.map(() => 0)
    this.custom = layout.slots.map(() => new Map())
    this.groups = layout.groups.map(() => ({ begun: 0, ok: 0, failed: 0, aborted: 0, dropped: 0 }))
    this.trends = { latency: [], ttfb: [], response_time: [], wait_rate_limit: [], wait_connection: [], wait_retry: [] }
    this.ownCounts = layout.own.map(() => new Map())
  }

  sample(sample: Sample): void {
    const { layout } = this
    const slot = sample.slot
    const counted = this.attempts[slot]
    const info = layout.slots[slot]
    if (counted === undefined || info === undefined) throw new Error(`There is no slot ${slot} to count a sample in.`)
    const key = attemptKey(sample.status, OUTCOME_INDEX[sample.outcome])
    bump(counted, key, 1)
    if (hasTrends(info)) {
      const place = layout.placeOf[slot] ?? slot
      if (countsOutcome('latency', sample.outcome)) {
        record(this.trends.latency, slot, sample.latencyUs)
        record(this.trends.ttfb, place, sample.ttfbUs)
      }
      record(this.trends.response_time, place, sample.responseTimeUs)
      record(this.trends.wait_rate_limit, place, sample.waitRateLimitUs)
      record(this.trends.wait_connection, place, sample.waitConnectionUs)
      record(this.trends.wait_retry, place, sample.waitRetryUs)
    }
    const own = layout.ownOfSlot[slot]
    if (own !== undefined && own.length > 0) this.#sampleOwn(own, sample, key)
  }

  #sampleOwn(indexes: readonly number[], sample: Sample, key: number): void {
    for (const index of indexes) {
      const series = this.layout.own[index]
      if (series === undefined || !takesSample(series, sample)) continue
      const counts = this.ownCounts[index]
      if (series.trend !== undefined) {
        if (countsOutcome(series.trend, sample.outcome)) record(this.ownTimes, index, timeOf(series.trend, sample))
      } else if (counts !== undefined) bump(counts, key, 1)
    }
  }

  iteration(iteration: Iteration): void {
    const index = this.#group(iteration.group)
    const counts = this.groups[index]
    if (counts === undefined) return
    counts.begun++
    if (iteration.ok) counts.ok++
    else counts.failed++
    if (iteration.aborted) counts.aborted++
    // One that was cut off did not go through its flow, so it has no duration of it.
    else record(this.durations, index, iteration.durationUs)
  }

  dropped(group: string): void {
    const counts = this.groups[this.#group(group)]
    if (counts !== undefined) counts.dropped++
  }

  measurement(slot: number, measurement: Measurement): void {
    const custom = this.custom[slot]
    if (custom === undefined) throw new Error(`There is no slot ${slot} to count a call in.`)
    if (measurement.kind === 'call') {
      this.calls[slot] = (this.calls[slot] ?? 0) + 1
      return
    }
    const { kind, name, value, held } = measurement
    let tally = custom.get(name)
    if (tally === undefined) custom.set(name, (tally = { n: 0, held: 0, times: undefined }))
    if (kind === 'trend') (tally.times ??= new Histogram()).record(Math.round(value * 1000))
    else tally.n += value
    if (kind === 'rate' && held) tally.held += value
  }

  check(slot: number, held: boolean): void {
    const tried = this.checks[slot]
    if (tried === undefined) throw new Error(`There is no slot ${slot} to count an expectation in.`)
    this.checks[slot] = tried + 1
    if (held) this.checksHeld[slot] = (this.checksHeld[slot] ?? 0) + 1
  }

  #group(name: string): number {
    const index = this.layout.groupIndex.get(name)
    if (index === undefined) throw new Error(`There is no group "${name}" to count in.`)
    return index
  }

  /** Takes in a whole other scope. */
  add(other: Scope): void {
    this.durationMs += other.durationMs
    addTallies(this.attempts, other.attempts)
    addTallies(this.ownCounts, other.ownCounts)
    other.checks.forEach((n, slot) => (this.checks[slot] = (this.checks[slot] ?? 0) + n))
    other.checksHeld.forEach((n, slot) => (this.checksHeld[slot] = (this.checksHeld[slot] ?? 0) + n))
    other.calls.forEach((n, slot) => (this.calls[slot] = (this.calls[slot] ?? 0) + n))
    this.custom.forEach((tallies, slot) => addCustom(tallies, other.custom[slot]))
    this.groups.forEach((counts, index) => {
      const more = other.groups[index]
      if (more === undefined) return
      for (const key of ['begun', 'ok', 'failed', 'aborted', 'dropped'] as const) counts[key] += more[key]
    })
    for (const trend of ATTEMPT_TRENDS) addTimes(this.trends[trend], other.trends[trend])
    addTimes(this.durations, other.durations)
    for (const [index, series] of this.layout.own.entries()) {
      const times = other.ownTimes[index]
      if (series.perRun && times !== undefined) (this.ownTimes[index] ??= new Histogram()).add(times)
    }
  }

  /** Empties it for the next cycle; what has been allocated stays. */
  reset(): void {
    this.durationMs = 0
    for (const tally of [...this.attempts, ...this.ownCounts]) for (const box of tally.values()) box.n = 0
    this.checks.fill(0)
    this.checksHeld.fill(0)
    this.calls.fill(0)
    for (const tallies of this.custom) tallies.clear()
    for (const counts of this.groups) Object.assign(counts, { begun: 0, ok: 0, failed: 0, aborted: 0, dropped: 0 })
    for (const trend of ATTEMPT_TRENDS) for (const times of this.trends[trend]) times?.reset()
    for (const times of [...this.durations, ...this.ownTimes]) times?.reset()
  }

  /** Times that were longer than the longest that is kept, each counted once per trend. */
  get clamped(): number {
    const all = [...ATTEMPT_TRENDS.flatMap((trend) => this.trends[trend]), ...this.durations]
    return all.reduce((sum, times) => sum + (times?.clamped ?? 0), 0)
  }
}

function record(histograms: (Histogram | undefined)[], index: number, us: number | undefined): void {
  if (us !== undefined) (histograms[index] ??= new Histogram()).record(us)
}

function bump(tally: Tally, key: number, by: number): void {
  const box = tally.get(key)
  if (box === undefined) tally.set(key, { n: by })
  else box.n += by
}

function addTallies(into: readonly Tally[], from: readonly Tally[]): void {
  into.forEach((tally, index) => from[index]?.forEach((box, key) => bump(tally, key, box.n)))
}

function addTimes(into: (Histogram | undefined)[], from: readonly (Histogram | undefined)[]): void {
  from.forEach((times, index) => {
    if (times !== undefined && times.count > 0) (into[index] ??= new Histogram()).add(times)
  })
}

function addCustom(into: Map<string, CustomTally>, from: ReadonlyMap<string, CustomTally> | undefined): void {
  from?.forEach(({ n, held, times }, name) => {
    let tally = into.get(name)
    if (tally === undefined) into.set(name, (tally = { n: 0, held: 0, times: undefined }))
    tally.n += n
    tally.held += held
    if (times !== undefined) (tally.times ??= new Histogram()).add(times)
  })
}

function timeOf(trend: AttemptTrend, sample: Sample): number | undefined {
  switch (trend) {
    case 'latency':
      return sample.latencyUs
    case 'ttfb':
      return sample.ttfbUs
    case 'response_time':
      return sample.responseTimeUs
    case 'wait_rate_limit':
      return sample.waitRateLimitUs
    case 'wait_connection':
      return sample.waitConnectionUs
    case 'wait_retry':
      return sample.waitRetryUs
  }
}
