// When cycles begin: as soon as they can, or in step with simulated time, every cycle_length / time_scale
// after the first one that ran. One that is late begins at once, and the next is due when it always was.
import type { Clock } from '../clock.ts'
import type { Engine } from '../engine/engine.ts'
import { intervalMs } from '../plan/interval.ts'
import type { Plan } from '../plan/plan.ts'
import { formatMs, plural } from '../units.ts'
import type { Ticker } from './ticker.ts'

/** A cycle that did not begin when it was due. */
export interface Late {
  readonly cycle: number
  readonly byMs: number
  /** The cycle before had ended in time: it was our own timer that came late. */
  readonly isOurs?: true
}

/** Lateness below this is not reported: timers are not exact. */
const LEAST_LATE_MS = 50
/** Lateness of our own timers is not reported below this share of a cycle. */
const LEAST_SHARE = 0.1

export class Pace {
  readonly #clock: Clock
  /** Undefined: as soon as they can. */
  readonly #intervalMs: number | undefined
  /** The last cycle that had to be waited for. */
  #awaited: number | undefined
  #first: { readonly cycle: number; readonly ms: number } | undefined
  readonly #late: Late[] = []

  /** @param clock stands still while the run is paused */
  constructor(plan: Plan, clock: Clock) {
    this.#clock = clock
    this.#intervalMs = intervalMs(plan.time)
  }

  /** Milliseconds until a cycle is due; none for the first one that is asked for. */
  waitMs(cycle: number): number {
    if (this.#intervalMs === undefined || this.#first === undefined) return 0
    return Math.max(0, this.#first.ms + (cycle - this.#first.cycle) * this.#intervalMs - this.#clock.now())
  }

  /** Resolves when a cycle may begin: it is due and the run is not paused, or the run is over. */
  async until(cycle: number, engine: Pick<Engine, 'unpaused' | 'stopSignal'>, ticker: Ticker): Promise<void> {
    const waited = ticker.wait(cycle, () => this.waitMs(cycle))
    await engine.unpaused()
    const waitMs = this.waitMs(cycle)
    if (waitMs > 0) {
      this.#awaited = cycle
      await this.#clock.sleep(waitMs, engine.stopSignal)
    }
    waited()
  }

  /** A cycle begins now. */
  began(cycle: number): void {
    const now = this.#clock.now()
    this.#first ??= { cycle, ms: now }
    if (this.#intervalMs === undefined) return
    const byMs = now - this.#first.ms - (cycle - this.#first.cycle) * this.#intervalMs
    const isOurs = this.#awaited === cycle
    const least = isOurs ? Math.max(LEAST_LATE_MS, this.#intervalMs * LEAST_SHARE) : LEAST_LATE_MS
    if (byMs >= least) this.#late.push({ cycle, byMs, ...(isOurs && { isOurs }) })
  }

  /** Cycles that were late, for a run that goes on. */
  get late(): readonly Late[] {
    return [...this.#late]
  }

  restore(late: readonly Late[]): void {
    this.#late.push(...late)
  }

  notices(): string[] {
    if (this.#intervalMs === undefined) return []
    const overran = this.#late.filter(({ isOurs }) => isOurs !== true)
    const ours = this.#late.filter(({ isOurs }) => isOurs === true)
    return [
      ...began(
        overran,
        `: the one before took longer than ${formatMs(this.#intervalMs)} (cycle_length / time_scale). ` +
          'Use fewer agents, a higher rate limit or a smaller time_scale.',
      ),
      ...began(ours, ', though the one before had ended in time: the load generator, or its machine, stood still.'),
    ]
  }
}

/** The cycle that was latest, as a clause of the notice. */
function began(late: readonly Late[], why: string): string[] {
  const [first, ...more] = late.toSorted((a, b) => b.byMs - a.byMs)
  if (first === undefined) return []
  const { cycle, byMs } = first
  return more.length === 0
    ? [`Cycle ${cycle} began ${formatMs(byMs)} late${why}`]
    : [`${plural(more.length + 1, 'cycle')} began late, cycle ${cycle} the latest, by ${formatMs(byMs)}${why}`]
}
