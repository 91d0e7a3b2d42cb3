// The pause of a run, by key or by the circuit breaker: no iteration begins, those under way come to their end. Meanwhile
// the time by which load is due stands still, and the time in which nothing runs counts in no rate and no duration.
import type { Clock } from '../clock.ts'
import { LoadTime } from './load-time.ts'

/** How often and how long a run was paused. */
export interface Paused {
  readonly times: number
  readonly ms: number
}

/** Hears when nothing runs any more because of a pause (`hold`), and when something does again. */
export interface QuietListener {
  hold(): void
  goOn(): void
}

export class Pause {
  readonly #clock: Clock
  #listener: QuietListener | undefined
  #onBegin = (): void => undefined
  /** The clock by which load is due. */
  readonly time: LoadTime
  #since: number | undefined
  #times = 0
  #heldMs = 0
  #quietMs = 0
  /** How many agents are inside a flow, the idle flow included. */
  #inside = 0
  /** When the last of them left, in the clock's milliseconds. */
  #emptySince = Number.NEGATIVE_INFINITY
  #over: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined

  constructor(clock: Clock) {
    this.#clock = clock
    this.time = new LoadTime(clock)
  }

  set listener(listener: QuietListener) {
    this.#listener = listener
  }

  /** Called when a pause begins. */
  set onBegin(onBegin: () => void) {
    this.#onBegin = onBegin
  }

  get isOn(): boolean {
    return this.#since !== undefined
  }

  /** For how long it has been on; undefined while it is not. */
  get forMs(): number | undefined {
    return this.#since === undefined ? undefined : this.#clock.now() - this.#since
  }

  /** So far, this one included. */
  get paused(): Paused {
    return { times: this.#times, ms: this.#heldMs + (this.forMs ?? 0) }
  }

  /** The clock's time without the time in which nothing ran because of a pause; durations are measured by it. */
  now(): number {
    return this.#clock.now() - this.#quietMs - this.#quietNowMs()
  }

  /** Begins a pause. False when the run is paused already. */
  begin(): boolean {
    if (this.#since !== undefined) return false
    this.#since = this.#clock.now()
    this.#times++
    this.time.stop()
    let resolve = (): void => undefined
    const promise = new Promise<void>((done) => (resolve = done))
    this.#over = { promise, resolve }
    this.#onBegin()
    if (this.#inside === 0) this.#listener?.hold()
    return true
  }

  /** Lets the run go on. False when it is not paused. */
  end(): boolean {
    if (this.#since === undefined) return false
    this.#quietMs += this.#quietNowMs()
    this.#heldMs += this.#clock.now() - this.#since
    this.#since = undefined
    this.time.goOn()
    if (this.#inside === 0) this.#listener?.goOn()
    this.#over?.resolve()
    this.#over = undefined
    return true
  }

  /** Resolves when the run is not paused. */
  over(): Promise<void> {
    return this.#over?.promise ?? Promise.resolve()
  }

  /** For a run that is resumed: its pauses so far. */
  restore({ times, ms }: Paused): void {
    this.#times = times
    this.#heldMs = ms
  }

  /** An agent enters a flow; `leave` when it is through. */
  enter(): void {
    this.#inside++
  }

  leave(): void {
    if (--this.#inside > 0) return
    this.#emptySince = this.#clock.now()
    if (this.isOn) this.#listener?.hold()
  }

  /** Of the current pause: while agents still come to their end something runs, and that time is not quiet. */
  #quietNowMs(): number {
    if (this.#since === undefined || this.#inside > 0) return 0
    return this.#clock.now() - Math.max(this.#since, this.#emptySince)
  }
}
