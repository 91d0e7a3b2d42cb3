// Time as a value that is handed in, the only file that touches timers and the date. `wallClock` for
// real runs; `virtualClock` for simulated ones: it jumps to the next due moment as soon as nothing else is left to do.

/** Stops something that was arranged; calling it again does nothing. */
export type Cancel = () => void

/** All times are milliseconds, fractions allowed. */
export interface Clock {
  /** A monotonic time; only differences mean something. */
  now(): number
  /** Milliseconds since 1970, UTC. */
  epoch(): number
  /**
   * Calls `run` once, never before `due` (in terms of `now()`), and as soon after it as the clock can;
   * with `graceMs`, up to about that much later when this spares the processor.
   */
  at(due: number, run: () => void, graceMs?: number): Cancel
  /** Calls `run` once, `ms` or a little more from now: coarse and cheap, for timeouts and reports. Does not keep a process alive. */
  after(ms: number, run: () => void): Cancel
  /** Resolves after `ms`, or earlier when the signal aborts; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** CPU and loop come second: lets everything that is due now run first. */
  turn(): Promise<void>
}

/** `setTimeout` may be a millisecond late or more; the last stretch is spent in the event loop's idle turns. */
const SPIN_MS = 1.5
/** A plain timer is seldom later than this. */
const TIMER_LATE_MS = 2
/** Above this `setTimeout` overflows its 32 bits and fires at once. */
const LONGEST_MS = 2 ** 31 - 1

const now = (): number => performance.now()

/** `sleep` of a clock that has `now` and `at`. */
export function sleepOn(now: () => number, at: Clock['at'], ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted === true) return Promise.resolve()
  return new Promise((resolve) => {
    const wake = (): void => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }
    const cancel = at(now() + ms, wake)
    const stop = (): void => {
      cancel()
      wake()
    }
    signal?.addEventListener('abort', stop)
  })
}

/** One plain timer. It looks again when it comes early: `setTimeout` drops fractions and may be a millisecond ahead. */
function alarm(due: number, run: () => void, keepsAlive: boolean): Cancel {
  let timer: NodeJS.Timeout
  const wait = (ms: number): void => {
    timer = setTimeout(look, Math.min(Math.max(0, Math.ceil(ms)), LONGEST_MS))
    if (!keepsAlive) timer.unref()
  }
  const look = (): void => {
    const left = due - now()
    if (left <= 0) run()
    else wait(left)
  }
  wait(due - now())
  return () => clearTimeout(timer)
}

/** Real time. */
export const wallClock: Clock = {
  now,
  epoch: () => Date.now(),

  at(due, run, graceMs = 0) {
    if (graceMs >= TIMER_LATE_MS) return alarm(due, run, true)
    let cancelled = false
    let timer: NodeJS.Timeout | undefined
    let immediate: NodeJS.Immediate | undefined
    const look = (): void => {
      if (cancelled) return
      const left = due - now()
      if (left <= 0) run()
      else if (left <= SPIN_MS) immediate = setImmediate(look)
      else timer = setTimeout(look, Math.min(Math.max(1, Math.floor(left - SPIN_MS)), LONGEST_MS))
    }
    if (due - now() <= 0) immediate = setImmediate(look)
    else look()
    return () => {
      cancelled = true
      clearTimeout(timer)
      clearImmediate(immediate)
    }
  },

  after: (ms, run) => alarm(now() + ms, run, false),
  sleep: (ms, signal) => sleepOn(now, (due, run) => alarm(due, run, true), ms, signal),
  turn: () => new Promise((resolve) => setImmediate(resolve)),
}

/** Simulated time; starts at `now() = 0`. Times out of order are kept in a heap, equal ones in the order of their calls. */
export function virtualClock(startEpochMs = 0): Clock {
  const heap: Event[] = []
  let time = 0
  let order = 0
  let cancelled = 0
  let pumping = false

  const pump = (): void => {
    pumping = false
    // What was cancelled must not move time.
    while (heap[0] !== undefined && heap[0].run === undefined) drop()
    const first = heap[0]
    if (first === undefined) return
    time = Math.max(time, first.due)
    try {
      for (let event = heap[0]; event !== undefined && event.due <= time; event = heap[0]) {
        pop(heap)
        const run = event.run
        if (run === undefined) cancelled--
        event.run = undefined
        run?.()
      }
    } finally {
      wind()
    }
  }
  const drop = (): void => {
    pop(heap)
    cancelled--
  }
  // Two turns: what a promise chain started in the first one may still arrange something for now.
  const wind = (): void => {
    if (pumping || heap.length === 0) return
    pumping = true
    setImmediate(() => setImmediate(pump))
  }
  const at: Clock['at'] = (due, run) => {
    // Never comes, and must not become the time when nothing else is left.
    if (due === Number.POSITIVE_INFINITY) return () => {}
    const event: Event = { due: Math.max(due, time), order: order++, run }
    push(heap, event)
    wind()
    return () => {
      if (event.run === undefined) return
      event.run = undefined
      cancelled++
      if (cancelled > SPARSE && cancelled > heap.length / 2) {
        compact(heap)
        cancelled = 0
      }
    }
  }
  const clockNow = (): number => time
  return {
    now: clockNow,
    epoch: () => startEpochMs + time,
    at,
    after: (ms, run) => at(time + ms, run),
    sleep: (ms, signal) => sleepOn(clockNow, at, ms, signal),
    // Through the heap, so that time stands still until every turn has been taken.
    turn: () => new Promise((resolve) => at(time, resolve)),
  }
}

/** So many cancelled events may lie in the heap before it is swept, and never more than half of it. */
const SPARSE = 1000

interface Event {
  readonly due: number
  readonly order: number
  /** Undefined once cancelled or run. */
  run: (() => void) | undefined
}

const before = (a: Event, b: Event): boolean => a.due < b.due || (a.due === b.due && a.order < b.order)

/** Leaves only what is still to run; what is sorted is a heap. */
function compact(heap: Event[]): void {
  const alive = heap.filter((event) => event.run !== undefined).sort((a, b) => (before(a, b) ? -1 : 1))
  heap.length = 0
  for (const event of alive) heap.push(event)
}

function push(heap: Event[], event: Event): void {
  let at = heap.push(event) - 1
  while (at > 0) {
    const parent = (at - 1) >> 1
    const above = heap[parent]
    if (above === undefined || !before(event, above)) break
    heap[at] = above
    at = parent
  }
  heap[at] = event
}

function pop(heap: Event[]): void {
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return
  let at = 0
  for (;;) {
    let child = 2 * at + 1
    const left = heap[child]
    if (left === undefined) break
    const right = heap[child + 1]
    let least = left
    if (right !== undefined && before(right, left)) {
      child++
      least = right
    }
    if (!before(least, last)) break
    heap[at] = least
    at = child
  }
  heap[at] = last
}
