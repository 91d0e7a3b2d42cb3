// The state of a step's request across all its attempts (redirects, retries, waits, repeats): how far it is, how long it
// had to wait, how the last attempt ended. requests.ts sends it and changes this.
import type { Judge, Request } from '../actions/action.ts'
import type { Drawn } from '../pressure/draw.ts'
import type { Pressure } from '../pressure/pressure.ts'
import type { Failure } from '../sample.ts'
import type { Course } from './next-attempt.ts'
import type { Target } from './redirect.ts'

const NONE: readonly number[] = []

/** Changed in place: a new object for each attempt, made by spreading, took most of the CPU of a request. */
export class Underway implements Course, Target {
  readonly slot: number
  readonly judge: Judge
  /** When it was due, in the clock's milliseconds, before it waited for anything. */
  readonly due: number
  /** The pressure on its service, if any. */
  readonly pressure: Pressure | undefined
  /** The step's original request, for repeats; redirects change the current one. Only kept under pressure. */
  readonly #first: Target | undefined
  request: Request
  path: string
  attempt = 1
  hops = 0
  waitedMs: readonly number[] = NONE
  /** The attempt number of its sample, from 1; begins again with a redirect. */
  number = 0
  /** Pressure sends it again (`retry_count`), whatever the first answer was. */
  isRepeat = false
  /** What was drawn from pressure for this attempt. */
  drawn: Drawn | undefined = undefined
  /** How long this attempt waited: for the circuit breaker's slow start, the rate limit, and before a retry. */
  heldMs: number | undefined = undefined
  rateLimitMs: number | undefined = undefined
  retryMs: number | undefined = undefined
  /** The failure of the last attempt; undefined when it was as expected. */
  failure: Failure | undefined = undefined

  /** @param path with the base path of its service */
  constructor(slot: number, request: Request, judge: Judge, due: number, path: string, pressure: Pressure | undefined) {
    this.slot = slot
    this.judge = judge
    this.due = due
    this.pressure = pressure
    this.request = request
    this.path = path
    this.#first = pressure === undefined ? undefined : { request, path }
  }

  follow({ request, path }: Target): void {
    this.request = request
    this.path = path
    this.hops++
    this.attempt = 1
    this.number = 0
    this.heldMs = this.retryMs = undefined
  }

  repeat(): void {
    const { number } = this
    this.follow(this.#first ?? this)
    this.number = number
    this.hops = 0
    this.waitedMs = NONE
    this.isRepeat = true
  }
}
