// What a Plan would do, as aligned lines for people. The numbers are plan/describe.ts's; programs read
// them as JSON.
import type { DescribedStep } from '../plan/describe-steps.ts'
import type { DescribedGroup, DescribedThreshold, PlanDescription } from '../plan/describe.ts'
import type { Amount } from '../plan/amount.ts'
import { formatCount, formatMoment, formatMs, formatRate, plural } from '../units.ts'
import type { Workload } from '../workloads/index.ts'
import { clip } from './clean-text.ts'
import { warmUpText } from './header.ts'
import { type Line, type Paint, type Piece, paintLine } from './paint.ts'
import { problemLines } from './problem.ts'
import { relativePath } from './relative-path.ts'
import { type Align, table } from './table.ts'

/** Characters of a request, and of what decides whether it is sent. */
const LONGEST_REQUEST = 36
const LONGEST_WHEN = 50

interface PlanTextOptions {
  readonly paint: Paint
  readonly root: string
}

export function planLines(plan: PlanDescription, { paint, root }: PlanTextOptions): string[] {
  const title: Line = [{ text: plan.scenario.id, style: 'bold' }, '  ', dim(relativePath(plan.scenario.file, root))]
  const description = plan.scenario.description === null ? [] : [[`  ${plan.scenario.description}`]]
  const parts: readonly (readonly Line[])[] = [
    [title, ...description],
    factLines(plan),
    stepLines(plan),
    serviceLines(plan),
    thresholdLines(plan),
  ]
  const warnings = plan.warnings.flatMap((problem) => problemLines(problem, { paint, root }))
  const blocks = parts.filter((part) => part.length > 0).map((part) => part.map((line) => paintLine(line, paint)))
  return [...blocks, ...(warnings.length === 0 ? [] : [warnings])].flatMap((block, index) =>
    index === 0 ? block : ['', ...block],
  )
}

function factLines(plan: PlanDescription): Line[] {
  const { sut } = plan.scenario
  const rows: (readonly [string, Piece[]])[] = [
    ...(sut === null ? [] : [['system', [sut]] as [string, Piece[]]]),
    ...hostRows(plan),
    ['agents', [agentsText(plan)]],
    ...actingRows(plan),
    ['requests', [requestsText(plan)]],
    ['duration', [durationText(plan)]],
    ...timeRows(plan),
    ['seed', [plan.seed === null ? 'drawn anew for each run' : String(plan.seed)]],
  ]
  const { maxDurationMs, failurePercent } = plan.limits
  if (maxDurationMs !== null) rows.push(['stops', [`after ${formatMs(maxDurationMs)} at the latest`]])
  if (failurePercent !== null)
    rows.push(['breaker', [`opens when more than ${failurePercent} % of the agents have failed`]])
  if (plan.profile !== null) rows.push(['profile', [plan.profile]])
  if (plan.hasPressure) rows.push(['pressure', ['faults are put in on purpose']])
  if (plan.overrides.length > 0) rows.push(['changed', [plan.overrides.join('  ')]])
  return rows.map(([label, value]) => [dim(`  ${label.padEnd(8)}  `), ...value])
}

function hostRows({ mock, services }: PlanDescription): (readonly [string, Piece[]])[] {
  if (mock !== null) return [['mock', ['no service is asked: answers and their times are made up']]]
  const hosts = new Map(services.map(({ baseUrl, isLocal }) => [originOf(baseUrl), isLocal]))
  return [...hosts].map(([origin, isLocal], index) => [
    index === 0 ? 'hosts' : '',
    isLocal
      ? [origin]
      : [
          { text: origin, style: 'yellow' },
          { text: '  not this machine: the load goes over the network', style: 'yellow' },
        ],
  ])
}

const originOf = (url: string): string => (URL.canParse(url) ? new URL(url).origin : url)

function agentsText({ groups, cycles, limits: { maxConcurrentAgents: most } }: PlanDescription): string {
  const count = groups.reduce((sum, { agents }) => sum + agents, 0)
  const atOnce = most !== null && most < count ? `, at most ${formatCount(most)} at once` : ''
  const each = groups.map(({ name, agents, workload }) => `${name} ${formatCount(agents)}, ${workloadText(workload)}`)
  return `${formatCount(count)} (${each.join('; ')}) × ${plural(cycles, 'cycle')}${atOnce}`
}

/** `shoppers 131 to 172, 149 on average`; nothing where all of them act in every cycle. */
function actingRows({ groups }: PlanDescription): (readonly [string, Piece[]])[] {
  if (!isPartial(groups)) return []
  return [['acting', [groups.map(({ name, acting }) => `${name} ${spreadText(acting)}`).join('; ')]]]
}

const isPartial = (groups: PlanDescription['groups']): boolean =>
  groups.some(({ acting, agents }) => acting.least !== agents)

function timeRows({ time, warmUp, cycles, groups }: PlanDescription): (readonly [string, Piece[]])[] {
  const rows: (readonly [string, Piece[]])[] = []
  const start = `cycle 1 is ${formatMoment(time.start)} UTC, each ${formatMs(time.cycleMs)} long`
  if (time.intervalMs !== null || isPartial(groups)) rows.push(['time', [start]])
  if (time.intervalMs !== null && cycles > 1) {
    const scale = time.scale === 1 ? '' : `, at ${time.scale} times the speed`
    rows.push(['pace', [`a cycle every ${formatMs(time.intervalMs)}${scale}`]])
  }
  if (warmUp !== null)
    rows.push(['warm-up', [warmUpText({ cycles: warmUp.cycles, exclude: warmUp.isExcluded, steps: [] })]])
  return rows
}

function workloadText(workload: Workload): string {
  if (workload.kind === 'iterations') return `${plural(workload.iterations, 'iteration')} each`
  const time = formatMs(workload.durationMs)
  return workload.kind === 'duration' ? `for ${time}` : `${formatRate(workload.ratePerSecond)} for ${time}`
}

function requestsText({ requests, requestsPerCycle: each, cycles, groups }: PlanDescription): string {
  if (requests === null || each === null) return 'as many as fit: a duration decides'
  const inEach = isPartial(groups) ? spreadText(each) : amountText(each)
  return cycles === 1 ? amountText(requests) : `${amountText(requests)}, ${inEach} in each cycle`
}

function durationText({ duration: { shortestMs, because, ratePerSecond } }: PlanDescription): string {
  if (because === null) return 'as long as the services take'
  if (because === 'pace') return `at least ${formatMs(shortestMs)}`
  const why = ratePerSecond === null ? `because of the ${because}` : `at ${formatRate(ratePerSecond)}`
  return `at least ${formatMs(shortestMs)} ${why}`
}

function stepLines({ groups }: PlanDescription): Line[] {
  const all = groups.flatMap(({ steps, idleSteps }) => [...steps, ...idleSteps])
  const isAsked = all.some(({ when }) => when !== null)
  const head = [
    '  step',
    'type',
    'request',
    'service',
    'in an iteration',
    'requests in a cycle',
    ...(isAsked ? [''] : []),
  ]
  const row = (step: DescribedStep): Line => [
    `    ${'  '.repeat(step.depth)}${step.name}`,
    step.type,
    step.request === null ? dim('–') : clip(step.request, LONGEST_REQUEST),
    step.service ?? dim('–'),
    amountText(step.perIteration),
    step.service === null ? dim('–') : amountPiece(step.requestsPerCycle),
    ...(isAsked ? [dim(clip(step.when ?? '', LONGEST_WHEN))] : []),
  ]
  const rows = groups.flatMap(({ name, steps, idleSteps }: DescribedGroup): Line[] => [
    [`  ${name}`],
    ...steps.map(row),
    ...(idleSteps.length === 0 ? [] : [[`  ${name}, idle`], ...idleSteps.map(row)]),
  ])
  return table([head.map(dim), ...rows], ['left', 'left', 'left', 'left', 'right', 'right', 'left'])
}

function serviceLines({ services }: PlanDescription): Line[] {
  const head = ['  service', 'base URL', 'connections', 'requests in a cycle'].map(dim)
  const rows = services.map(({ name, baseUrl, connections, requestsPerCycle }): Line => [
    `  ${name}`,
    baseUrl,
    formatCount(connections),
    amountPiece(requestsPerCycle),
  ])
  return table([head, ...rows], ['left', 'left', 'right', 'right'])
}

function thresholdLines({ thresholds }: PlanDescription): Line[] {
  const head = ['  threshold', 'judged', 'samples', 'needed', ''].map(dim)
  const align: Align[] = ['left', 'left', 'right', 'right', 'left']
  return table([head, ...thresholds.map(thresholdRow)], align)
}

function thresholdRow({ name, group, scope, samples, needed, isEnough, isDefault }: DescribedThreshold): Line {
  const remark: Piece =
    isEnough === null ? dim('known when it runs') : isEnough ? 'enough' : { text: 'too few', style: 'yellow' }
  const judged = `${scope === 'run' ? 'over the run' : 'in each cycle'}${group === null ? '' : `, ${group}`}${isDefault ? ' (default)' : ''}`
  return [`  ${name}`, judged, amountPiece(samples), formatCount(needed), remark]
}

/** Of cycles that differ. */
function spreadText(amount: Amount): string {
  const isFixed = amount.least === amount.most
  return isFixed ? amountText(amount) : `${amountText(amount)}, ${formatCount(amount.expected)} on average`
}

function amountPiece(amount: Amount | null): Piece {
  return amount === null ? dim('–') : amountText(amount)
}

/** `100`, `up to 100`, `80 to 100`, `about 100`. */
function amountText({ expected, least, most }: Amount): string {
  if (most === null) return `about ${formatCount(expected)}`
  if (least === most) return formatCount(most)
  return least === 0 ? `up to ${formatCount(most)}` : `${formatCount(least)} to ${formatCount(most)}`
}

function dim(text: string): Piece {
  return { text, style: 'dim' }
}
