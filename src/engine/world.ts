// What the agents of a run share, what they ask for, and what they leave of a request for examples.
import type { Answer, Judge, Request, ServicePlan } from '../actions/action.ts'
import type { Clock } from '../clock.ts'
import type { RateLimiter } from '../limits/rate-limit.ts'
import type { Plan } from '../plan/plan.ts'
import type { Seed } from '../random.ts'
import type { BreakerGuard } from './breaker-guard.ts'
import type { Observer } from './observer.ts'
import type { Transport } from './transport.ts'

/** What all agents of a run share. */
export interface World {
  readonly plan: Plan
  readonly clock: Clock
  readonly seed: Seed
  readonly transport: Transport
  readonly limiter: RateLimiter | undefined
  readonly guard: BreakerGuard | undefined
  readonly observer: Observer
  /** What `setup` extracted: `{{setup.*}}`. */
  readonly setup: Record<string, unknown>
  /** By service name. */
  readonly bases: ReadonlyMap<string, Base>
}

/** Where a service's requests go, worked out once. */
export interface Base {
  readonly service: ServicePlan
  /** Without a slash at the end. */
  readonly url: string
  /** Of the URL; empty, or begins with a slash. */
  readonly path: string
}

export function basesOf({ services }: Plan): ReadonlyMap<string, Base> {
  const base = (service: ServicePlan): Base => {
    const { origin, pathname } = new URL(service.baseUrl)
    const path = pathname === '/' ? '' : pathname
    return { service, url: `${origin}${path}`, path }
  }
  return new Map(Object.values(services).map((service) => [service.name, base(service)]))
}

export function baseOf({ bases }: World, service: string): Base {
  const base = bases.get(service)
  if (base === undefined) throw new Error(`the plan has no service "${service}"`)
  return base
}

/** A request with its answer, kept for examples. */
export interface Sent {
  readonly request: Request
  /** With the jar's cookies. */
  readonly headers: readonly string[]
  readonly url: string
  readonly answer: Answer | undefined
}

/** A request of a step. */
export interface Ask {
  readonly slot: number
  readonly request: Request
  readonly judge: Judge
  /** When it was due, before it waited for anything. */
  readonly due: number
  /** How long it waited for the breaker's slow start; undefined when it did not have to ask. */
  readonly heldMs: number | undefined
}
