// What the agents of a run share, what they ask for, and what they leave of a request for examples.
import type { Answer, Request, ServicePlan } from '../actions/action.ts'
import type { Rows } from '../agents/data.ts'
import type { Clock } from '../clock.ts'
import type { RateLimiter } from '../limits/rate-limit.ts'
import type { Plan } from '../plan/plan.ts'
import type { Seed } from '../random.ts'
import type { FillEntry } from '../scenario/entry.ts'
import type { BreakerGuard } from './breaker-guard.ts'
import type { Observer } from './observer.ts'
import type { Pause } from './pause.ts'
import type { Rest } from './rest.ts'
import type { SimulatedTime } from './simulated-time.ts'
import type { Transport } from './transport.ts'

/** What all agents of a run share. */
export interface World {
  readonly plan: Plan
  readonly clock: Clock
  readonly time: SimulatedTime
  readonly pause: Pause
  readonly seed: Seed
  readonly transport: Transport
  readonly limiter: RateLimiter | undefined
  readonly guard: BreakerGuard | undefined
  /** Before more work is begun. */
  readonly rest: Rest
  readonly observer: Observer
  /** What `setup` extracted: `{{setup.*}}`. */
  readonly setup: Record<string, unknown>
  /** Makes `{{entry.*}}` of an iteration. */
  readonly entry: FillEntry
  /** Of each group that has a data file, by its name. */
  readonly rows: ReadonlyMap<string, Rows>
  /** By service name; base URLs are parsed once. */
  readonly endpoints: ReadonlyMap<string, Endpoint>
}

/** A service, as its requests see it. */
export interface Endpoint {
  readonly service: ServicePlan
  readonly origin: string
  readonly host: string
  /** Undefined when it has none. */
  readonly basePath: string | undefined
}

export function endpointsOf({ services }: Plan): World['endpoints'] {
  const all = Object.values(services).map((service): [string, Endpoint] => {
    const { origin, host, pathname } = new URL(service.baseUrl)
    return [service.name, { service, origin, host, basePath: pathname === '/' ? undefined : pathname }]
  })
  return new Map(all)
}

/** A request with its answer, kept for examples. */
export interface Sent {
  readonly request: Request
  /** With the jar's cookies. */
  readonly headers: readonly string[]
  readonly url: string
  readonly answer: Answer | undefined
}

/** The body that was sent, as text, whatever bytes it holds. */
export function bodyText({ request: { body } }: Sent): string | undefined {
  return body === undefined || typeof body === 'string' ? body : Buffer.from(body).toString('utf8')
}
