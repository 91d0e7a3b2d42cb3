// Holds requests back so that over every window no more than burst + rate × window are let through, all
// together and of each service that has a limit of its own; first come, first served. A request is let
// through at a moment at which both agree, so neither is ever exceeded for the other's sake.
import type { Cancel, Clock } from '../clock.ts'
import type { Leaving } from './leaving.ts'
import { Entry, Queue } from './queue.ts'
import { Schedule } from './schedule.ts'
import type { Rate } from './schedule.ts'

/** What `acquire` answers to one whose signal aborted before its turn. */
export const NOT_ADMITTED = -1

export interface RateLimiter {
  /**
   * The milliseconds it was made to wait: at once as a number (0), or later as a promise, which
   * never rejects. `NOT_ADMITTED` when the signal aborted first.
   */
  acquire(signal?: Leaving, service?: string): number | Promise<number>
  /** How many wait now. */
  readonly queued: number
  /** How many were let through so far. */
  readonly admitted: number
  /** The time in which at least one waited, and how many were let through of those that did. */
  readonly binding: Binding
  /** Between cycles, while nobody waits. */
  readonly state: LimiterState
  /** Goes on where another one stood; before the first is let through. */
  restore(state: LimiterState): void
}

/** What another limiter of the same limits needs to go on, as plain data. */
export interface LimiterState {
  readonly admitted: number
  readonly binding: Binding
  /** How far each schedule is ahead, ms; one that nobody has used is not here. */
  readonly allLeadMs?: number
  readonly serviceLeadMs: Readonly<Record<string, number>>
}

export interface Binding {
  readonly ms: number
  readonly admitted: number
}

interface Waiter {
  readonly since: number
  /** Of all that ever waited. */
  readonly order: number
  readonly resolve: (waitedMs: number) => void
  readonly signal: Leaving | undefined
}

export interface RateLimits {
  /** All services together; undefined = no limit. */
  readonly all?: Rate | undefined
  /** By service; one that is not here has none of its own. */
  readonly services?: ReadonlyMap<string, Rate>
  readonly clock: Clock
}

/** @throws RangeError for a rate or burst that lets nothing through */
export function rateLimiter(limits: RateLimits): RateLimiter {
  return new GcraLimiter(limits)
}

/** Those who wait for one service that has a limit of its own, or for all that have none. */
interface Lane {
  readonly schedule: Schedule
  readonly waiting: Queue<Waiter>
}

const NO_LIMIT: Rate = { ratePerSecond: Number.POSITIVE_INFINITY, burst: 1 }
const lane = (rate: Rate): Lane => ({ schedule: new Schedule(rate), waiting: new Queue() })

class GcraLimiter implements RateLimiter {
  readonly #clock: Clock
  readonly #all: Schedule
  readonly #others: Lane = lane(NO_LIMIT)
  readonly #services: ReadonlyMap<string, Lane>
  readonly #lanes: readonly Lane[]
  /** Waiters by signal: one listener each, since adding one costs a walk over all that are there. */
  readonly #signals = new Map<Leaving, { count: number; readonly stop: () => void }>()
  #admitted = 0
  #arrived = 0
  #wakeAt = Number.POSITIVE_INFINITY
  readonly #binding = { ms: 0, admitted: 0 }
  /** When somebody began to wait; undefined while nobody does. */
  #boundSince: number | undefined
  #cancel: Cancel | undefined

  constructor({ all = NO_LIMIT, services = new Map(), clock }: RateLimits) {
    this.#clock = clock
    this.#all = new Schedule(all)
    this.#services = new Map([...services].map(([name, rate]) => [name, lane(rate)]))
    this.#lanes = [this.#others, ...this.#services.values()]
  }

  get queued(): number {
    return this.#lanes.reduce((sum, { waiting }) => sum + waiting.length, 0)
  }

  get admitted(): number {
    return this.#admitted
  }

  get binding(): Binding {
    const { ms, admitted } = this.#binding
    return { ms: this.#boundSince === undefined ? ms : ms + this.#clock.now() - this.#boundSince, admitted }
  }

  get state(): LimiterState {
    const now = this.#clock.now()
    const all = this.#all.leadAt(now)
    const leads = [...this.#services].flatMap(([name, { schedule }]) => {
      const lead = schedule.leadAt(now)
      return lead === undefined ? [] : [[name, lead] as const]
    })
    return {
      admitted: this.#admitted,
      binding: this.binding,
      ...(all !== undefined && { allLeadMs: all }),
      serviceLeadMs: Object.fromEntries(leads),
    }
  }

  restore({ admitted, binding, allLeadMs, serviceLeadMs }: LimiterState): void {
    const now = this.#clock.now()
    this.#admitted = admitted
    Object.assign(this.#binding, binding)
    this.#all.restore(now, allLeadMs)
    for (const [name, { schedule }] of this.#services)
      schedule.restore(now, Object.hasOwn(serviceLeadMs, name) ? serviceLeadMs[name] : undefined)
  }

  acquire(signal?: Leaving, service?: string): number | Promise<number> {
    if (signal?.aborted === true) return NOT_ADMITTED
    const since = this.#clock.now()
    const of = (service === undefined ? undefined : this.#services.get(service)) ?? this.#others
    if (
      of.waiting.length === 0 &&
      of.schedule.admits(since) &&
      this.#first(since) === undefined &&
      this.#admit(of, since)
    )
      return 0
    this.#boundSince ??= since
    return new Promise((resolve) => {
      of.waiting.push(new Entry({ since, order: this.#arrived++, resolve, signal }))
      if (signal !== undefined) this.#listen(signal)
      if (this.#dueOf(of) < this.#wakeAt) this.#arrange()
    })
  }

  #admit({ schedule }: Lane, now: number): boolean {
    if (!this.#all.admits(now)) return false
    this.#all.take(now)
    schedule.take(now)
    this.#admitted++
    return true
  }

  /** Whoever came first of those whose service would let them through. */
  #first(now: number): Lane | undefined {
    let first: Lane | undefined
    for (const one of this.#lanes) {
      const head = one.waiting.first
      if (head === undefined || !one.schedule.admits(now)) continue
      if (first === undefined || head.value.order < (first.waiting.first?.value.order ?? 0)) first = one
    }
    return first
  }

  #dueOf({ schedule }: Lane): number {
    return Math.max(this.#all.wakeAt, schedule.wakeAt)
  }

  #arrange(): void {
    const waiting = this.#lanes.filter((one) => one.waiting.length > 0)
    this.#wakeAt = Math.min(...waiting.map((one) => this.#dueOf(one)))
    const next = waiting.find((one) => this.#dueOf(one) === this.#wakeAt) ?? this.#others
    const binding = next.schedule.wakeAt > this.#all.wakeAt ? next.schedule : this.#all
    this.#cancel?.()
    this.#cancel = this.#clock.at(this.#wakeAt, () => this.#drain(), binding.toleranceMs / 2)
  }

  #drain(): void {
    this.#rest()
    const now = this.#clock.now()
    for (let next = this.#first(now); next !== undefined && this.#admit(next, now); next = this.#first(now)) {
      const entry = next.waiting.first
      if (entry === undefined) break
      next.waiting.remove(entry)
      this.#forget(entry.value.signal)
      this.#binding.admitted++
      entry.value.resolve(now - entry.value.since)
    }
    if (this.queued > 0) this.#arrange()
    else this.#unbind()
  }

  #rest(): void {
    this.#cancel?.()
    this.#cancel = undefined
    this.#wakeAt = Number.POSITIVE_INFINITY
  }

  #listen(signal: Leaving): void {
    const known = this.#signals.get(signal)
    if (known !== undefined) {
      known.count++
      return
    }
    const stop = (): void => this.#leave(signal)
    this.#signals.set(signal, { count: 1, stop })
    signal.addEventListener('abort', stop)
  }

  #forget(signal: Leaving | undefined): void {
    const known = signal === undefined ? undefined : this.#signals.get(signal)
    if (signal === undefined || known === undefined || --known.count > 0) return
    signal.removeEventListener('abort', known.stop)
    this.#signals.delete(signal)
  }

  #leave(signal: Leaving): void {
    for (const { waiting } of this.#lanes)
      for (let entry = waiting.first; entry !== undefined;) {
        const after = entry.after
        if (entry.value.signal === signal) {
          waiting.remove(entry)
          this.#forget(signal)
          entry.value.resolve(NOT_ADMITTED)
        }
        entry = after
      }
    if (this.queued > 0) return
    this.#rest()
    this.#unbind()
  }

  #unbind(): void {
    if (this.#boundSince !== undefined) this.#binding.ms += this.#clock.now() - this.#boundSince
    this.#boundSince = undefined
  }
}
