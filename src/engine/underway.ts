// A step's request until it has come to an end, whatever attempts that takes: how far it has come, what it was
// made to wait, and what the last attempt came to. Who sends it is requests.ts.
import type { Failure } from '../sample.ts'
import type { Course } from './next-attempt.ts'
import type { Target } from './redirect.ts'
import type { Ask } from './world.ts'

const NONE: readonly number[] = []

/** One object for all attempts: a new one for each, made by spreading, took most of what a request costs. */
export class Underway implements Course, Target {
  readonly ask: Ask
  request: Target['request']
  path: string
  attempt = 1
  hops = 0
  waitedMs: readonly number[] = NONE
  /** Of this attempt, as its sample has it: since it was sent first, or redirected. */
  number = 0
  /** Sent again by pressure, whatever it was answered. */
  isRepeat = false
  /** Waited before this attempt: for the breaker, the rate limit, the next try. */
  heldMs: number | undefined
  rateLimitMs: number | undefined = undefined
  retryMs: number | undefined = undefined
  /** What the last attempt came to. */
  failure: Failure | undefined = undefined

  constructor(ask: Ask, path: string, heldMs: number | undefined) {
    this.ask = ask
    this.request = ask.request
    this.path = path
    this.heldMs = heldMs
  }

  follow({ request, path }: Target): void {
    this.request = request
    this.path = path
    this.hops++
    this.attempt = 1
    this.number = 0
    this.heldMs = this.retryMs = undefined
  }

  repeat(path: string): void {
    const { number } = this
    this.follow({ request: this.ask.request, path })
    this.number = number
    this.hops = 0
    this.waitedMs = NONE
    this.isRepeat = true
  }
}
