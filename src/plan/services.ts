// The services of a Plan: addresses with the environment's values, certificates read, and how many
// connections each gets.
import type { ServicePlan } from '../actions/action.ts'
import type { Problem } from '../errors.ts'
import { defaultBurst } from '../limits/burst.ts'
import type { Scenario, ServiceSpec } from '../scenario/scenario.ts'
import { resolveBaseUrl } from './base-url.ts'
import { readTls } from './named-files.ts'
import type { ReadBytes } from './named-files.ts'

export interface ServiceSurroundings {
  readonly env: Readonly<Record<string, string>>
  /** No service is asked. */
  readonly isMocked: boolean
  readonly readBytes: ReadBytes
}

/** More sockets than this never help one process. */
const MOST_CONNECTIONS = 1000
/** What one connection of HTTP/2 carries at a time. */
export const STREAMS_PER_CONNECTION = 100
/** Where a mocked service is whose address only the environment knows; a name that no one can have. */
const NO_SERVICE = 'http://mock.invalid'

export function planServices(
  scenario: Scenario,
  surroundings: ServiceSurroundings,
  problems: Problem[],
): Record<string, ServicePlan> {
  const agents = scenario.groups.reduce((sum, group) => sum + group.count, 0)
  const atOnce = Math.min(agents, scenario.simulation.maxConcurrentAgents ?? agents)
  const services: Record<string, ServicePlan> = {}
  for (const [name, spec] of Object.entries(scenario.services)) {
    const planned = planService(name, spec, atOnce, surroundings, problems)
    if (planned !== undefined) services[name] = planned
  }
  return services
}

function planService(
  name: string,
  spec: ServiceSpec,
  atOnce: number,
  { env, isMocked, readBytes }: ServiceSurroundings,
  problems: Problem[],
): ServicePlan | undefined {
  const baseUrl = isMocked
    ? (resolveBaseUrl(name, spec, env, []) ?? NO_SERVICE)
    : resolveBaseUrl(name, spec, env, problems)
  if (baseUrl === undefined) return undefined
  const { rateLimit, http2 = false } = spec
  if (http2 && !isMocked && !baseUrl.startsWith('https:')) problems.push(plainHttp2(name, spec))
  const tls = isMocked ? undefined : readTls(spec, readBytes, problems)
  const wanted = Math.ceil(atOnce / (http2 ? STREAMS_PER_CONNECTION : 1))
  return {
    name,
    baseUrl,
    headers: spec.headers,
    timeoutMs: spec.timeoutMs,
    connections: spec.connections ?? Math.max(1, Math.min(wanted, MOST_CONNECTIONS)),
    maxBodyBytes: spec.maxBodyBytes,
    ...(rateLimit !== undefined && {
      rateLimit: { burst: defaultBurst(rateLimit.ratePerSecond), ...rateLimit },
    }),
    ...(http2 && { http2 }),
    ...(tls !== undefined && { tls }),
    ...(spec.retryAfter !== undefined && { retryAfter: spec.retryAfter }),
  }
}

function plainHttp2(name: string, { place }: ServiceSpec): Problem {
  return {
    code: 'http2',
    severity: 'error',
    path: `sut.services.${name}.http2`,
    place,
    message: `The service "${name}" is to speak HTTP/2, but its base_url is not https.`,
    hint: 'HTTP/2 is agreed upon within TLS. Write an https: address, or leave http2 out.',
  }
}
