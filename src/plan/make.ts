// Scenario + seed + environment → Plan. Here, and nowhere later, the environment's values come in
// and every group × step gets its slot.
import { allSteps } from '../actions/nested.ts'
import type { Problem } from '../errors.ts'
import { defaultBurst } from '../limits/burst.ts'
import type { Slot } from '../sample.ts'
import { readBytes as readFromDisk } from '../scenario/disk.ts'
import type { GroupSpec, PlacedStep, Scenario } from '../scenario/scenario.ts'
import { readAttachments } from './named-files.ts'
import type { ReadBytes } from './named-files.ts'
import { expectedRequests, requestsOfGroup, workOf } from './expected.ts'
import { nothingJudged } from './nothing-judged.ts'
import type { GroupPlan, Plan, StartPlan } from './plan.ts'
import { planServices } from './services.ts'
import { slotOf } from './slot.ts'
import { isConstant } from './turnout.ts'
import { withTwins } from './twins.ts'

export interface PlanOptions {
  readonly runId: string
  readonly seed: number
  /** The whole environment; only names that the scenario uses are taken over. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** What outside settings changed, e.g. `TURBULENCE_SEED=42`. */
  readonly overrides?: readonly string[]
  /** No service is asked: the run needs no environment either. */
  readonly mock?: Plan['mock'] | undefined
  /** Reads the files that the scenario names; default: from disk. */
  readonly readBytes?: ReadBytes | undefined
}

/** The Plan, or the problems that show only with the environment and outside settings. */
export function makePlan(scenario: Scenario, options: PlanOptions): { plan?: Plan; problems: readonly Problem[] } {
  const isMocked = options.mock !== undefined
  const problems = isMocked ? [] : missingEnvironment(scenario, options.env)
  if (problems.length > 0) return { problems }
  const env = { ...(isMocked && madeUpEnvironment(scenario)), ...usedEnvironment(scenario, options.env) }
  const readBytes = options.readBytes ?? readFromDisk
  const services = planServices(scenario, { env, isMocked, readBytes }, problems)
  const attachments = readAttachments(scenario, readBytes, problems)
  const idle = nothingJudged(scenario)
  if (idle !== undefined) problems.push(idle)
  if (problems.length > 0) return { problems }
  return { plan: assemble(scenario, options, { env, services, attachments }), problems }
}

/** What is read from outside the scenario file. */
type Outside = Pick<Plan, 'env' | 'services' | 'attachments'>

function assemble(scenario: Scenario, options: PlanOptions, { env, services, attachments }: Outside): Plan {
  const slots: Slot[] = []
  const seeded = withSeed(scenario, options.seed)
  const groups = scenario.groups.map((group) => planGroup(group, seeded, slots))
  const { profile, circuitBreaker, checkpoint, entry, variation, pressure } = scenario
  const { rateLimitRps, burst, memoryWarningMb } = scenario.limits
  const requestsPerCycle = expectedRequests(seeded, 'cycle')
  const started = options.mock === undefined ? Object.values(services) : []
  return {
    version: 1,
    runId: options.runId,
    seed: options.seed,
    scenario: identityOf(scenario),
    ...(profile !== undefined && { profile }),
    overrides: options.overrides ?? [],
    ...(options.mock !== undefined && { mock: options.mock }),
    ...cyclesOf(scenario),
    ...(rateLimitRps !== undefined && {
      rateLimit: { ratePerSecond: rateLimitRps, burst: burst ?? defaultBurst(rateLimitRps) },
    }),
    ...(circuitBreaker !== undefined && { circuitBreaker }),
    ...(checkpoint !== undefined && { checkpoint }),
    ...(memoryWarningMb !== undefined && { memoryWarningMb }),
    cookies: scenario.cookies,
    ...(entry !== undefined && { entry }),
    ...(variation !== undefined && { variation }),
    ...(pressure !== undefined && { pressure }),
    redact: scenario.redact,
    attachments,
    tables: scenario.tables,
    env,
    services,
    start: started.flatMap(({ name, baseUrl }) => planStart(name, baseUrl, scenario)),
    groups,
    flows: scenario.flows,
    setup: scenario.setup,
    onResume: scenario.onResume,
    teardown: scenario.teardown,
    assertions: scenario.assertions,
    stopWhen: scenario.stopWhen,
    maxSteps: scenario.maxSteps,
    slots: withTwins(slots, pressure),
    thresholds: scenario.thresholds,
    ...(requestsPerCycle !== undefined && { requestsPerCycle }),
  }
}

function identityOf({ id, file, sha256, description, sut }: Scenario): Plan['scenario'] {
  return { id, file, sha256, ...(description !== undefined && { description }), ...(sut !== undefined && { sut }) }
}

type Cycles = 'cycles' | 'time' | 'warmUp' | 'maxConcurrentAgents' | 'maxDurationMs' | 'gracefulStopMs'

function cyclesOf({ simulation }: Scenario): Pick<Plan, Cycles> {
  const { cycles, time, warmUp, maxConcurrentAgents, maxDurationMs, gracefulStopMs } = simulation
  return {
    cycles,
    time,
    ...(warmUp !== undefined && { warmUp }),
    ...(maxConcurrentAgents !== undefined && { maxConcurrentAgents }),
    ...(maxDurationMs !== undefined && { maxDurationMs }),
    gracefulStopMs,
  }
}

function missingEnvironment(scenario: Scenario, env: PlanOptions['env']): Problem[] {
  return scenario.environment
    .filter((use) => !use.hasDefault && readEnvironment(env, use.name) === undefined)
    .map((use) => ({
      code: 'env-missing',
      severity: 'error',
      path: use.path,
      place: use.place,
      message: `The environment variable ${use.name} is not set.`,
      hint: `Set it, or give a default: {{env.${use.name} | default: …}}`,
    }))
}

function madeUpEnvironment({ environment }: Scenario): Record<string, string> {
  return Object.fromEntries(environment.filter((use) => !use.hasDefault).map(({ name }) => [name, 'mock']))
}

function usedEnvironment(scenario: Scenario, env: PlanOptions['env']): Record<string, string> {
  const used: Record<string, string> = {}
  for (const { name } of scenario.environment) {
    const value = readEnvironment(env, name)
    if (value !== undefined) used[name] = value
  }
  return used
}

/** `constructor` is no variable, though every object has one. */
function readEnvironment(env: PlanOptions['env'], name: string): string | undefined {
  return Object.hasOwn(env, name) ? env[name] : undefined
}

function planStart(service: string, baseUrl: string, { services }: Scenario): StartPlan[] {
  const start = services[service]?.start
  return start === undefined ? [] : [{ ...start, service, baseUrl }]
}

/** As if the file named it: whoever counts agents by their chance then counts these. */
export function withSeed(scenario: Scenario, seed: number): Scenario {
  return { ...scenario, simulation: { ...scenario.simulation, seed } }
}

/** Steps of the group's flow, then the final assertions, then its idle flow: each gets a slot of its own. */
function planGroup(group: GroupSpec, scenario: Scenario, slots: Slot[]): GroupPlan {
  const { name, flow, idleFlow, workload, count } = group
  const slotsOf = (steps: readonly PlacedStep[], of: string): number[] =>
    allSteps(steps).map((placed) => slots.push(slotOf(placed, { group: name, flow: of }, slots.length)) - 1)
  const acting = isConstant(scenario, group) ? undefined : workOf(scenario, group, 'cycle').acting.expected
  return {
    name,
    count,
    flow,
    vars: group.vars,
    workload,
    slots: slotsOf([...(scenario.flows[flow] ?? []), ...scenario.assertions], flow),
    idleSlots: idleFlow === undefined ? [] : slotsOf(scenario.flows[idleFlow] ?? [], idleFlow),
    requests: requestsOfGroup(scenario, group),
    thresholds: group.thresholds,
    place: group.place,
    ...(acting !== undefined && { acting }),
    ...(group.activity !== undefined && { activity: group.activity }),
    ...(idleFlow !== undefined && { idleFlow }),
    ...(group.data !== undefined && { data: group.data }),
    ...(group.onFailure !== undefined && { onFailure: group.onFailure }),
    ...(group.policy !== undefined && { policy: group.policy }),
  }
}
