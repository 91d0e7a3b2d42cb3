// The RunRecord: what all reports are made from, put together when a run is over.
import type { BreakerState } from '../engine/breaker-guard.ts'
import type { Verdict } from '../gate/verdict.ts'
import { evaluate } from '../gate/evaluate.ts'
import { burstWarning } from '../limits/burst.ts'
import type { Collector } from '../metrics/collector.ts'
import type { Plan } from '../plan/plan.ts'
import { STREAMS_PER_CONNECTION } from '../plan/services.ts'
import type { CellRecord, CycleHealth, RunRecord } from '../store/record.ts'
import { formatMs } from '../units.ts'
import { cutOffNotices } from './cut-off.ts'
import { droppedNotices } from './dropped.ts'
import { healthNotices } from './health-notices.ts'
import { stepRows } from './step-rows.ts'
import { unjudgedText } from './unjudged.ts'

export interface RecordInput {
  readonly plan: Plan
  readonly collector: Collector
  readonly cells: readonly CellRecord[]
  /** Undefined when no test asked for them. */
  readonly verdicts: readonly Verdict[] | undefined
  /** Empty without a loop probe. */
  readonly health: readonly CycleHealth[]
  /** Undefined without a memory probe. */
  readonly memory: RunRecord['memory']
  readonly stopped: string | undefined
  /** Not all of the plan's load was run. */
  readonly isPartial: boolean
  /** It should have come to a verdict: nobody chose a part of it by a filter, or ended it by key. */
  readonly isWhole: boolean
  /** Undefined without a circuit breaker. */
  readonly breaker: BreakerState | undefined
  readonly startedAt: string
  readonly durationMs: number
  readonly host: Pick<RunRecord, 'machine' | 'versions'>
  readonly rerun: string
  readonly notices: readonly string[]
  readonly folder: string | undefined
  /** Each time that the run went on. */
  readonly resumes: RunRecord['resumes']
  /** Undefined when it was never paused. */
  readonly paused: RunRecord['paused']
}

export function assembleRecord(input: RecordInput): RunRecord {
  const { plan, collector, verdicts, stopped, folder, health, cells } = input
  const rps = collector.measure({ metric: 'rps', labels: {} })
  const closed = plan.groups.filter(({ workload }) => workload.kind !== 'rate').map(({ name }) => name)
  const thresholds = verdicts ?? plan.thresholds.map((placed) => filteredOut(placed))
  const unjudged = unjudgedText({ plan, cells, thresholds })
  return {
    ...identityOf(plan),
    startedAt: input.startedAt,
    durationMs: input.durationMs,
    ...input.host,
    ...(stopped !== undefined && { stopped }),
    ...breakerOf(input),
    ...(closed.length > 0 && { closed }),
    ...(input.resumes !== undefined && input.resumes.length > 0 && { resumes: input.resumes }),
    ...(input.paused !== undefined && { paused: input.paused }),
    ...(unjudged !== undefined && input.isWhole && { unjudged }),
    notices: noticesOf(input, unjudged),
    cells,
    thresholds,
    steps: stepRows(plan, collector),
    ...(health.length > 0 && { health }),
    ...(input.memory !== undefined && { memory: input.memory }),
    ...(rps.kind === 'per-second' && rps.seconds > 0 && { rps: rps.count / rps.seconds }),
    ...(plan.rateLimit !== undefined && { rateLimitRps: plan.rateLimit.ratePerSecond }),
    rerun: input.rerun,
    ...(folder !== undefined && { folder }),
  }
}

type Identity = 'version' | 'runId' | 'seed' | 'scenario' | 'profile' | 'overrides' | 'mock' | 'hosts'

function identityOf({ runId, seed, scenario, profile, overrides, mock, services }: Plan): Pick<RunRecord, Identity> {
  const hosts = new Set(Object.values(services).map(({ baseUrl }) => new URL(baseUrl).origin))
  return {
    version: 1,
    runId,
    seed,
    scenario,
    ...(profile !== undefined && { profile }),
    overrides,
    ...(mock !== undefined && { mock }),
    hosts: mock === undefined ? [...hosts] : [],
  }
}

function noticesOf(input: RecordInput, unjudged: string | undefined): string[] {
  const { plan, collector, stopped, isPartial, health, cells, verdicts } = input
  const iterations = collector.iterations()
  return [
    ...mockNotices(plan),
    ...(unjudged === undefined ? [] : [unjudged]),
    ...input.notices,
    ...droppedNotices(iterations),
    // When the whole run was cut short, that is its reason, and needs no notice of its own.
    ...(stopped === undefined && !isPartial ? cutOffNotices(plan, iterations) : []),
    ...measuredNotices(plan, collector),
    ...healthNotices({ plan, health, cells, verdicts: verdicts ?? [] }),
  ]
}

function breakerOf({ plan: { circuitBreaker: rules }, breaker }: RecordInput): Pick<RunRecord, 'breaker'> {
  if (rules === undefined || breaker === undefined) return {}
  const { phase, opened, events } = breaker
  return { breaker: { ...rules, phase, events, ...(opened !== undefined && { opened }) } }
}

/** What could not be written is said, and its folder is not named as if all were there. */
export function withUnkept(record: RunRecord, unkept: readonly string[]): RunRecord {
  const [first] = unkept
  if (first === undefined) return record
  const { folder: _incomplete, ...kept } = record
  return { ...kept, unkept: first, notices: [...kept.notices, ...unkept] }
}

function mockNotices({ mock }: Plan): string[] {
  return mock === undefined ? [] : ['Mocked: no service was asked. Answers and their times were made up.']
}

/** It keeps its place in the reports, or histories would show it as removed. */
function filteredOut(placed: Plan['thresholds'][number]): Verdict {
  const nothing = evaluate(placed, { kind: 'counter', count: 0, attempted: 0 }, { aborted: true })
  return { ...nothing, kind: 'not-evaluated', skip: true, message: `${nothing.name} was not judged: filtered out` }
}

/** What the numbers say about the measuring itself. */
function measuredNotices(plan: Plan, collector: Collector): string[] {
  const notices: string[] = []
  for (const { rateLimit: limit } of [plan, ...Object.values(plan.services)]) {
    const burst = limit === undefined ? undefined : burstWarning(limit.ratePerSecond, limit.burst)
    if (burst !== undefined) notices.push(burst)
  }
  const agents = plan.groups.reduce((sum, { count }) => sum + count, 0)
  const atOnce = Math.min(agents, plan.maxConcurrentAgents ?? agents)
  for (const { name, connections, http2 } of Object.values(plan.services)) {
    // With one for every agent, all they wait for is the opening of their own.
    if (connections >= atOnce) continue
    const labels = { service: name }
    const waited = collector.measure({ metric: 'wait_connection', labels })
    const latency = collector.measure({ metric: 'latency', labels })
    if (waited.kind !== 'trend' || latency.kind !== 'trend' || waited.count === 0 || latency.count === 0) continue
    // With HTTP/2 there is a stream for everyone: if even the median request waits, the service allows only a few.
    const isShared = http2 === true && connections * STREAMS_PER_CONNECTION >= atOnce
    const [waitedMs, how] = isShared ? [waited.percentile(50), 'in the median'] : [waited.avg, 'on average']
    if (waitedMs > (isShared ? latency.avg : latency.avg / 10))
      notices.push(
        `Requests to "${name}" waited ${formatMs(waitedMs)} ${how} for one of ${connections} connections ` +
          `(latency ${formatMs(latency.avg)}): ${isShared ? 'it may take few at a time, or not speak HTTP/2; ' : ''}` +
          `give the service more \`connections\`, or fewer agents.`,
      )
  }
  return notices
}
