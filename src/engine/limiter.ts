// The rate limiter of a plan: the run's limit and those of its services in one, so that a request goes
// when all agree.
import type { Clock } from '../clock.ts'
import { rateLimiter } from '../limits/rate-limit.ts'
import type { RateLimiter } from '../limits/rate-limit.ts'
import type { Plan } from '../plan/plan.ts'

/** Undefined when nobody has a limit. */
export function limiterOf({ rateLimit, services }: Plan, clock: Clock): RateLimiter | undefined {
  const own = Object.values(services).flatMap(({ name, rateLimit: limit }) =>
    limit === undefined ? [] : [[name, limit] as const],
  )
  if (rateLimit === undefined && own.length === 0) return undefined
  return rateLimiter({ all: rateLimit, services: new Map(own), clock })
}
