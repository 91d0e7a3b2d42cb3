// How well this process itself keeps up: how late its event loop comes round, and how busy it is. The
// only file that asks Node for this. What it means for a measurement is judged elsewhere.
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import type { IntervalHistogram } from 'node:perf_hooks'

export interface LoopReading {
  /** How late the event loop came round, in milliseconds: the 99th percentile of its turns. */
  readonly delayMs: number
  /** How long it stood still, where a few stalls, lost among thousands of short turns, took a tenth of the time or more. */
  readonly stallMs?: number
  /** The share of the time in which the loop did not wait for anything, 0 to 1. */
  readonly utilisation: number
}

export interface LoopProbe {
  /** From here on, whatever was before. */
  begin(): void
  /** Nothing is sent until `goOn`: a loop that has nothing to do would make the rest look quicker than it was. */
  hold(): void
  goOn(): void
  /** Since `begin`, without the time in which it was held. */
  read(): LoopReading
  /** The last reading; costs nothing from then on. */
  end(): LoopReading
}

const RESOLUTION_MS = 1
const NS_PER_MS = 1e6
/** Less than this is what other processes take on a machine that they share. */
const STALLED_SHARE = 0.1

/** Of the thread that it is called in. */
export function loopProbe(): LoopProbe {
  const turns = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  let start = performance.eventLoopUtilization()
  let stretches: Stretch[] = []
  let isHeld = false
  const open = (): void => {
    // The turn in which it begins is not counted: no bytes are under way before it ends.
    turns.reset()
    turns.enable()
    start = performance.eventLoopUtilization()
  }
  const stretch = (): Stretch => {
    const { active, idle } = performance.eventLoopUtilization(start)
    return { ...latenessOf(turns, active + idle), activeMs: active, ms: active + idle }
  }
  const read = (): LoopReading => together(isHeld ? stretches : [...stretches, stretch()])
  return {
    begin() {
      stretches = []
      isHeld = false
      open()
    },
    hold() {
      if (isHeld) return
      stretches.push(stretch())
      isHeld = true
      turns.disable()
    },
    goOn() {
      if (isHeld) open()
      isHeld = false
    },
    read,
    end() {
      const last = read()
      turns.disable()
      return last
    },
  }
}

/** What was measured between a `begin` or `goOn` and the next `hold`. */
interface Stretch extends Pick<LoopReading, 'delayMs' | 'stallMs'> {
  readonly activeMs: number
  readonly ms: number
}

/** In a shorter one a single long turn would be its 99th percentile. */
const LEAST_STRETCH_MS = 1000

/** Turns of several stretches cannot be counted together (their histograms do not add up): the worst speaks for all. */
function together(stretches: readonly Stretch[]): LoopReading {
  const longest = Math.max(...stretches.map(({ ms }) => ms))
  const telling = stretches.filter(({ ms }) => ms >= Math.min(LEAST_STRETCH_MS, longest))
  const stalls = telling.flatMap(({ stallMs }) => stallMs ?? [])
  const sum = (of: 'activeMs' | 'ms'): number => stretches.reduce((total, one) => total + one[of], 0)
  return {
    delayMs: Math.max(...telling.map(({ delayMs }) => delayMs)),
    ...(stalls.length > 0 && { stallMs: Math.max(...stalls) }),
    utilisation: sum('ms') === 0 ? 0 : sum('activeMs') / sum('ms'),
  }
}

function latenessOf(turns: IntervalHistogram, elapsedMs: number): Pick<LoopReading, 'delayMs' | 'stallMs'> {
  // A loop that has not come round twice was held for all of the time.
  if (turns.count === 0) return { delayMs: late(elapsedMs) }
  const delayMs = late(turns.percentile(99) / NS_PER_MS)
  const stallMs = late(longTurnNs(turns) / NS_PER_MS)
  return stallMs > delayMs ? { delayMs, stallMs } : { delayMs }
}

function late(turnMs: number): number {
  return Math.max(0, turnMs - RESOLUTION_MS)
}

/** The share of the time was spent in turns of this length, or longer ones: a percentile over time, not over turns. */
function longTurnNs(turns: IntervalHistogram): number {
  const budget = turns.mean * turns.count * STALLED_SHARE
  let spent = 0
  let length = turns.max
  for (let seen = 0; seen < turns.count && spent < budget;) {
    length = turns.percentile((100 * (turns.count - seen)) / turns.count)
    // The ten longest one by one, then in growing steps: hours have millions of turns.
    const step = Math.max(1, Math.floor(seen / 10))
    spent += length * step
    seen += step
  }
  return length
}
