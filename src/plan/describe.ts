// What a Plan would do, as plain data for people and programs: how much is sent where, for how long, and
// which thresholds can be decided by it. Its shape is documented in docs/reference/cli.md and only grows.
import type { Problem } from '../errors.ts'
import { neededSamples } from '../metrics/check.ts'
import { environmentRedactor } from '../redact.ts'
import { sortProblems } from '../scenario/diagnostic.ts'
import type { GroupSpec, PlacedStep, PlacedThreshold, Scenario } from '../scenario/scenario.ts'
import type { Workload } from '../workloads/index.ts'
import { isLoopback } from './base-url.ts'
import { shortestRun } from './duration.ts'
import { intervalMs } from './interval.ts'
import type { Shortest } from './duration.ts'
import { NONE, anyOf, plus, product } from './amount.ts'
import type { Amount } from './amount.ts'
import { describeSteps } from './describe-steps.ts'
import type { DescribedStep } from './describe-steps.ts'
import { expectedSamples, requestsPerIteration, workOf } from './expected.ts'
import type { Over } from './expected.ts'
import { lint } from './lint.ts'
import { withSeed } from './make.ts'
import type { Plan } from './plan.ts'
import { tooFewSamples } from './too-few-samples.ts'
import { isConstant } from './turnout.ts'

export interface PlanDescription {
  readonly version: 1
  readonly scenario: {
    readonly id: string
    readonly file: string
    readonly description: string | null
    /** What people call the system under test. */
    readonly sut: string | null
  }
  /** `null`: drawn anew for each run. */
  readonly seed: number | null
  readonly profile: string | null
  readonly overrides: readonly string[]
  /** `api`: no service is asked, answers are made up. */
  readonly mock: 'api' | null
  /** Faults are put in on purpose. */
  readonly hasPressure: boolean
  readonly cycles: number
  readonly time: {
    readonly pace: 'asap' | 'realtime'
    /** Simulated per real time. */
    readonly scale: number
    /** Simulated, of one cycle. */
    readonly cycleMs: number
    /** Simulated, of cycle 1: ISO 8601, UTC. */
    readonly start: string
    /** Real, from the begin of one cycle to that of the next; `null` when it begins as soon as it can. */
    readonly intervalMs: number | null
  }
  readonly warmUp: { readonly cycles: number; readonly isExcluded: boolean } | null
  readonly groups: readonly DescribedGroup[]
  /** Of the run, all services together; `null` where a duration decides. */
  readonly requests: Amount | null
  readonly requestsPerCycle: Amount | null
  readonly services: readonly DescribedService[]
  readonly limits: {
    readonly ratePerSecond: number | null
    readonly burst: number | null
    readonly maxConcurrentAgents: number | null
    readonly maxDurationMs: number | null
    /** The circuit breaker opens once more than this share of a cycle's agents have failed. */
    readonly failurePercent: number | null
  }
  /** Of the run, however fast the services answer, and what makes it that long. */
  readonly duration: {
    readonly shortestMs: number
    readonly because: NonNullable<Shortest['because']> | null
    readonly ratePerSecond: number | null
  }
  readonly thresholds: readonly DescribedThreshold[]
  readonly warnings: readonly Problem[]
}

export interface DescribedGroup {
  readonly name: string
  readonly agents: number
  readonly flow: string
  readonly workload: Workload
  /** Agents that act in a cycle: all of them, fewer in a warm-up, or as many as their activity makes. */
  readonly acting: Amount
  readonly idleFlow: string | null
  readonly iterationsPerCycle: Amount | null
  readonly steps: readonly DescribedStep[]
  /** Of its idle flow. */
  readonly idleSteps: readonly DescribedStep[]
}

export interface DescribedService {
  readonly name: string
  /** Secrets of the environment masked. */
  readonly baseUrl: string
  /** Nothing leaves this machine. */
  readonly isLocal: boolean
  readonly connections: number
  readonly requestsPerCycle: Amount | null
}

export interface DescribedThreshold {
  readonly name: string
  readonly expression: string
  /** When it is a group's own, judged in each cycle. */
  readonly group: string | null
  /** The group has no thresholds of its own. */
  readonly isDefault: boolean
  readonly scope: 'run' | 'cycle'
  /** `null` where that is not known before the run. */
  readonly samples: Amount | null
  readonly needed: number
  /** Whether it can be decided; `null` = that is not known. */
  readonly isEnough: boolean | null
}

/** @param hasSeed somebody chose the Plan's seed */
export function describePlan(plan: Plan, given: Scenario, hasSeed: boolean): PlanDescription {
  const scenario = hasSeed ? withSeed(given, plan.seed) : given
  const groups = scenario.groups.map((group) => describeGroup(group, scenario))
  const { ms, because = null, ratePerSecond = null } = shortestRun(scenario)
  return {
    version: 1,
    scenario: {
      id: plan.scenario.id,
      file: plan.scenario.file,
      description: plan.scenario.description ?? null,
      sut: plan.scenario.sut ?? null,
    },
    seed: hasSeed ? plan.seed : null,
    profile: plan.profile ?? null,
    overrides: plan.overrides,
    mock: plan.mock ?? null,
    hasPressure: plan.pressure !== undefined,
    cycles: plan.cycles,
    time: describeTime(plan),
    warmUp: plan.warmUp === undefined ? null : { cycles: plan.warmUp.cycles, isExcluded: plan.warmUp.exclude },
    groups,
    requests: requestsOf(scenario, 'run', () => true),
    requestsPerCycle: requestsOf(scenario, 'cycle', () => true),
    services: describeServices(plan, scenario),
    limits: {
      ratePerSecond: plan.rateLimit?.ratePerSecond ?? null,
      burst: plan.rateLimit?.burst ?? null,
      maxConcurrentAgents: plan.maxConcurrentAgents ?? null,
      maxDurationMs: plan.maxDurationMs ?? null,
      failurePercent: plan.circuitBreaker?.failurePercent ?? null,
    },
    duration: { shortestMs: ms, because, ratePerSecond },
    thresholds: [
      ...plan.thresholds.map((placed) => describeThreshold(placed, scenario)),
      ...plan.groups.flatMap(({ name, thresholds }) =>
        thresholds.map((placed) => describeThreshold(placed, scenario, name)),
      ),
    ],
    warnings: sortProblems([...scenario.warnings, ...lint(scenario)], scenario.file),
  }
}

function describeTime({ time }: Plan): PlanDescription['time'] {
  const { pace, scale, cycleMs, startMs } = time
  return { pace, scale, cycleMs, start: new Date(startMs).toISOString(), intervalMs: intervalMs(time) ?? null }
}

function describeGroup(group: GroupSpec, scenario: Scenario): DescribedGroup {
  const { name, count, flow, workload, idleFlow = null } = group
  const { iterations, idle, acting } = workOf(scenario, group, 'cycle')
  const steps = (of: string, runs: Amount | undefined): DescribedStep[] => describeSteps(scenario.flows[of] ?? [], runs)
  return {
    name,
    agents: count,
    flow,
    workload,
    acting,
    idleFlow,
    iterationsPerCycle: iterations ?? null,
    steps: steps(flow, iterations),
    idleSteps: idleFlow === null ? [] : steps(idleFlow, idle),
  }
}

function describeServices(plan: Plan, scenario: Scenario): DescribedService[] {
  const { url } = environmentRedactor(plan.env)
  return Object.values(plan.services).map(({ name, baseUrl, connections }) => ({
    name,
    baseUrl: url(baseUrl),
    isLocal: isLoopback(baseUrl),
    connections,
    requestsPerCycle: requestsOf(scenario, 'cycle', ({ step }) => 'service' in step && step.service === name),
  }))
}

function requestsOf(
  scenario: Scenario,
  scope: 'run' | 'cycle',
  counts: (placed: PlacedStep) => boolean,
): Amount | null {
  const { groups, flows, simulation } = scenario
  const of = (flow = ''): Amount => requestsPerIteration(flows[flow] ?? [], counts)
  const sent = groups.map((group) => ({ group, each: of(group.flow), idling: of(group.idleFlow) }))
  const over = (span: Over): Amount | null => {
    let sum = NONE
    for (const { group, each, idling } of sent) {
      const { iterations, idle } = workOf(scenario, group, span)
      sum = plus(sum, product(idling, idle))
      if (each.expected === 0) continue
      if (iterations === undefined) return null
      sum = plus(sum, product(each, iterations))
    }
    return sum
  }
  if (scope === 'run' || groups.every((group) => isConstant(scenario, group))) return over(scope)
  // Who acts does not idle: the extremes of both are never in one cycle.
  const amounts = Array.from({ length: simulation.cycles }, (_, at) => over(at + 1))
  return amounts.every((amount) => amount !== null) ? anyOf(amounts) : null
}

function describeThreshold(
  { threshold, isDefault = false }: PlacedThreshold,
  scenario: Scenario,
  group?: string,
): DescribedThreshold {
  const { selector, expression, name = expression } = threshold
  const scope = group === undefined ? threshold.per : 'cycle'
  const samples = expectedSamples(scenario, { selector, scope, group }) ?? null
  const needed = neededSamples(threshold)
  return {
    name,
    expression,
    group: group ?? null,
    isDefault,
    scope,
    samples,
    needed,
    isEnough: tooFewSamples(scenario, threshold, group) === undefined ? isEnough(samples, needed) : false,
  }
}

function isEnough(samples: Amount | null, needed: number): boolean | null {
  if (samples === null) return null
  if (samples.least >= needed) return true
  return samples.most !== null && samples.most < needed ? false : null
}
