// A step's request until it has come to an end, whatever attempts that takes: how far it has come, what it was
// made to wait, and what the last attempt came to. Who sends it is requests.ts.
import type { Judge, Request } from '../actions/action.ts'
import type { Drawn } from '../pressure/draw.ts'
import type { Pressure } from '../pressure/pressure.ts'
import type { Failure } from '../sample.ts'
import type { Course } from './next-attempt.ts'
import type { Target } from './redirect.ts'

const NONE: readonly number[] = []

/** One object for all attempts: a new one for each, made by spreading, took most of what a request costs. */
export class Underway implements Course, Target {
  readonly slot: number
  readonly judge: Judge
  /** When it was due, before it waited for anything. */
  readonly due: number
  /** What is done to it. */
  readonly pressure: Pressure | undefined
  /** As the step asked for it, where it may be sent again as that. */
  readonly #first: Target | undefined
  request: Request
  path: string
  attempt = 1
  hops = 0
  waitedMs: readonly number[] = NONE
  /** Of this attempt, as its sample has it: since it was sent first, or redirected. */
  number = 0
  /** Sent again by pressure, whatever it was answered. */
  isRepeat = false
  /** What pressure does to this attempt. */
  drawn: Drawn | undefined = undefined
  /** Waited before this attempt: for the breaker, the rate limit, the next try. */
  heldMs: number | undefined = undefined
  rateLimitMs: number | undefined = undefined
  retryMs: number | undefined = undefined
  /** What the last attempt came to. */
  failure: Failure | undefined = undefined

  /** @param path with that of its service */
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
