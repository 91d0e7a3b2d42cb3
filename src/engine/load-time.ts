// The clock by which load is due. It runs like the real one but stands still while the run is paused: what was due in five
// seconds is due five seconds after the pause, so that nothing is dropped or caught up with.
import { sleepOn } from '../clock.ts'
import type { Cancel, Clock } from '../clock.ts'

interface Timer {
  start(): void
  stop(): void
}

export class LoadTime implements Clock {
  readonly #clock: Clock
  readonly #timers = new Set<Timer>()
  /** The clock's time at which it stopped; undefined while it runs. */
  #since: number | undefined
  /** How long it has stood still in all pauses that are over. */
  #stoodMs = 0
  /**
   * `now` is never before a time whose timer has fired. Because of rounding, `due + stood - stood` may be less than `due`,
   * and whoever waits until then would set a timer for the same moment again and again.
   */
  #atLeast = Number.NEGATIVE_INFINITY

  constructor(clock: Clock) {
    this.#clock = clock
  }

  now(): number {
    return Math.max(this.#atLeast, (this.#since ?? this.#clock.now()) - this.#stoodMs)
  }

  epoch(): number {
    return this.#clock.epoch()
  }

  /** Converts a time of this clock to the real one. @param ms not in the future */
  onClock(ms: number): number {
    return ms + this.#stoodMs
  }

  at(due: number, run: () => void, graceMs?: number): Cancel {
    return this.#arrange(due, run, (fire) => this.#clock.at(due + this.#stoodMs, fire, graceMs))
  }

  after(ms: number, run: () => void): Cancel {
    const due = this.now() + ms
    return this.#arrange(due, run, (fire) => this.#clock.after(due - this.now(), fire))
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(
      () => this.now(),
      (due, run) => this.at(due, run),
      ms,
      signal,
    )
  }

  turn(): Promise<void> {
    return this.#clock.turn()
  }

  stop(): void {
    if (this.#since !== undefined) return
    this.#since = this.#clock.now()
    for (const timer of this.#timers) timer.stop()
  }

  goOn(): void {
    if (this.#since === undefined) return
    this.#atLeast = this.now()
    this.#stoodMs += this.#clock.now() - this.#since
    this.#since = undefined
    for (const timer of this.#timers) timer.start()
  }

  #arrange(due: number, run: () => void, set: (fire: () => void) => Cancel): Cancel {
    let cancel: Cancel = () => undefined
    const timer: Timer = {
      start: () => {
        cancel = set(() => {
          this.#timers.delete(timer)
          this.#atLeast = Math.max(this.#atLeast, due)
          run()
        })
      },
      stop: () => cancel(),
    }
    this.#timers.add(timer)
    if (this.#since === undefined) timer.start()
    return () => {
      this.#timers.delete(timer)
      cancel()
    }
  }
}
