// What is said before the first request: where the load goes, how much of it, for how long, and what
// fixes its choices. Made from the Plan.
import { isLoopback } from '../plan/base-url.ts'
import { intervalMs } from '../plan/interval.ts'
import type { CellsOfCycle } from '../plan/of-cells.ts'
import type { Plan } from '../plan/plan.ts'
import { formatCount, formatMs, plural } from '../units.ts'
import { expectedDuration } from './expected-duration.ts'
import { type Line, type Paint, type Piece, paintLine } from './paint.ts'
import { relativePath } from './relative-path.ts'

/** The part of a Plan that is announced; its environment is not in it. */
export type Announced = Pick<
  Plan,
  | 'scenario'
  | 'services'
  | 'groups'
  | 'cycles'
  | 'time'
  | 'warmUp'
  | 'seed'
  | 'profile'
  | 'overrides'
  | 'mock'
  | 'maxConcurrentAgents'
  | 'rateLimit'
  | 'requestsPerCycle'
>

/** What filters, or cycles that are over, have left of a plan. */
export interface Remainder {
  /** Cycles of which something is left, in order. */
  readonly cycles: readonly CellsOfCycle[]
  /** Of all of them together; undefined when a duration decides. */
  readonly requests?: number | undefined
  /** Agents that act in one of them, on average; undefined where all do. */
  readonly acting?: number | undefined
}

interface HeaderOptions {
  readonly paint: Paint
  readonly root?: string | undefined
  /** Without it, all of the plan is sent. */
  readonly only?: Remainder | undefined
  /** The checkpoint that the run goes on after. */
  readonly restored?: { readonly after: number; readonly file: string } | undefined
}

const MOCKED: [string, Piece[]] = [
  'mock',
  [{ text: 'no service is asked: answers and their times are made up', style: 'yellow' }],
]

export function headerLines(whole: Announced, more: HeaderOptions): string[] {
  const plan = more.only === undefined ? whole : remaining(whole, more.only)
  const rows: [string, Piece[]][] = [
    ...(plan.mock === undefined ? [] : [MOCKED]),
    ...(plan.mock === undefined ? hostsOf(plan) : []).map((host, i): [string, Piece[]] => [
      i === 0 ? 'hosts' : '',
      hostPieces(host),
    ]),
    ['agents', [agents(plan)]],
  ]
  const acting = actingText(plan, more.only?.acting)
  if (acting !== undefined) rows.push(['acting', [acting]])
  if (plan.warmUp !== undefined) rows.push(['warm-up', [warmUpText(plan.warmUp)]])
  if (more.restored !== undefined) rows.push(['resumed', [resumedText(more.restored, whole)]])
  if (more.only !== undefined && more.only.cycles.length > 0) rows.push(['only', [cellsText(more.only, whole)]])
  if (plan.requestsPerCycle !== undefined)
    rows.push(['requests', [`${formatCount(plan.requestsPerCycle * plan.cycles)} expected`]])
  const duration = expectedDuration(plan, more.only?.cycles)
  if (duration !== undefined) rows.push(['duration', [duration]])
  const pace = paceText(plan)
  if (pace !== undefined) rows.push(['pace', [pace]])
  rows.push(['seed', [String(plan.seed)]])
  if (plan.profile !== undefined) rows.push(['profile', [plan.profile]])
  if (plan.overrides.length > 0) rows.push(['changed', [plan.overrides.join('  ')]])
  const file = relativePath(plan.scenario.file, more.root)
  const { sut } = plan.scenario
  if (sut !== undefined) rows.unshift(['system', [sut]])
  const title: Line = [{ text: plan.scenario.id, style: 'bold' }, '  ', { text: file, style: 'dim' }]
  const lines = rows.map(([label, value]): Line => [{ text: `  ${label.padEnd(8)}  `, style: 'dim' }, ...value])
  return [title, ...lines].map((line) => paintLine(line, more.paint))
}

/** As if the file said no more than what is left. */
function remaining(plan: Announced, { cycles, requests }: Remainder): Announced {
  const { requestsPerCycle: _, warmUp, ...rest } = plan
  const isWarm = cycles.some(({ cycle }) => cycle <= (warmUp?.cycles ?? 0))
  return {
    ...rest,
    ...(warmUp !== undefined && isWarm && { warmUp }),
    groups: plan.groups.filter(({ name }) => cycles.some(({ groups }) => groups.includes(name))),
    cycles: cycles.length,
    ...(requests !== undefined && { requestsPerCycle: requests / Math.max(1, cycles.length) }),
  }
}

function resumedText({ after, file }: NonNullable<HeaderOptions['restored']>, { cycles }: Announced): string {
  return `after cycle ${after} of ${cycles}, from ${file}`
}

/** `browsers in cycle 2`; cycles with the same groups are named together. */
function cellsText({ cycles }: Remainder, { cycles: all }: Announced): string {
  const byGroups = new Map<string, number[]>()
  for (const { cycle, groups } of cycles) {
    const key = groups.join(', ')
    byGroups.set(key, [...(byGroups.get(key) ?? []), cycle])
  }
  return [...byGroups].map(([groups, numbers]) => `${groups}${cyclesText(numbers, all)}`).join('; ')
}

function cyclesText(numbers: readonly number[], all: number): string {
  if (numbers.length === all) return ''
  const [first = 0] = numbers
  const last = numbers.at(-1) ?? first
  if (first === last) return ` in cycle ${first}`
  const isRow = last - first === numbers.length - 1
  return ` in cycles ${isRow ? `${first} to ${last}` : numbers.join(', ')}`
}

function hostsOf(plan: Announced): string[] {
  const origins = Object.values(plan.services).map(({ baseUrl }) =>
    URL.canParse(baseUrl) ? new URL(baseUrl).origin : baseUrl,
  )
  return [...new Set(origins)]
}

function hostPieces(origin: string): Piece[] {
  if (isLoopback(origin)) return [origin]
  return [
    { text: origin, style: 'yellow' },
    '  ',
    { text: 'not this machine: the load goes over the network', style: 'yellow' },
  ]
}

function agents(plan: Announced): string {
  if (plan.groups.length === 0) return 'none: nothing is left to be sent'
  const count = plan.groups.reduce((sum, group) => sum + group.count, 0)
  const groups = plan.groups.map((group) => `${group.name} ${formatCount(group.count)}`).join(', ')
  const atOnce = plan.maxConcurrentAgents
  const limit = atOnce !== undefined && atOnce < count ? `, at most ${formatCount(atOnce)} at once` : ''
  return `${formatCount(count)} (${groups}) × ${plural(plan.cycles, 'cycle')}${limit}`
}

/** Undefined where all of them act in every cycle. */
function actingText({ groups, cycles }: Announced, counted: number | undefined): string | undefined {
  if (groups.every(({ acting }) => acting === undefined)) return undefined
  const acting = counted ?? groups.reduce((sum, group) => sum + (group.acting ?? group.count), 0)
  return cycles === 1 ? `${formatCount(acting)} in this cycle` : `${formatCount(acting)} in a cycle, on average`
}

export function warmUpText({ cycles, exclude }: NonNullable<Announced['warmUp']>): string {
  const which = cycles === 1 ? 'cycle 1' : `cycles 1 to ${cycles}`
  return exclude ? `${which}, not judged` : which
}

function paceText({ time, cycles }: Announced): string | undefined {
  const interval = intervalMs(time)
  if (interval === undefined || cycles < 2) return undefined
  const scale = time.scale === 1 ? '' : `: ${formatMs(time.cycleMs)} at ${time.scale} times the speed`
  return `a cycle every ${formatMs(interval)}${scale}`
}
