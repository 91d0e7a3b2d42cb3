// The time by which load is due. It is the clock's, but stands still while the run is paused: what was due in
// so long is due in so long when the run goes on, and nothing is dropped or caught up with.
import { sleepOn } from '../clock.ts'
import type { Cancel, Clock } from '../clock.ts'

interface Timer {
  start(): void
  stop(): void
}

export class LoadTime implements Clock {
  readonly #clock: Clock
  readonly #timers = new Set<Timer>()
  /** When it began to stand still; undefined while it moves. */
  #since: number | undefined
  /** How long it stood still before. */
  #stoodMs = 0
  /** What has been due is past: a sum and its difference may differ in the last digit, and who looks again would never come to an end. */
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

  /** What the clock says at a time that is past by this one. */
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
