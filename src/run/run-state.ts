// The whole state of a run between two cycles, as plain data, and how it is cut into the parts of a
// checkpoint: a few large ones, one for each closed cycle, and agents by the hundred.
import type { AgentState } from '../engine/agents.ts'
import type { EngineState } from '../engine/state.ts'
import type { CycleSummary, Summary } from '../metrics/summary.ts'
import type { CheckpointPart, ReadCheckpoint } from '../store/checkpoint-text.ts'
import type { CellRecord, CycleHealth } from '../store/record.ts'
import type { CauseBookState } from './cause-book.ts'
import type { MemoryState } from './memory-watch.ts'
import type { Late } from './pace.ts'
import type { PausesState } from './pauses.ts'
import type { RecordsState } from './records.ts'

/** All of it but measurements and agents: small, whatever the run. */
export interface SharedState {
  /** UTC, ISO 8601. */
  readonly startedAt: string
  /** How long the run has taken, without the time in which nobody ran it. */
  readonly durationMs: number
  readonly engine: EngineState
  readonly causes: CauseBookState
  readonly late: readonly Late[]
  /** Absent when it was never paused. */
  readonly paused?: PausesState
  /** Absent without a memory probe. */
  readonly memory?: MemoryState
  /** Absent when nothing was recorded. */
  readonly records?: RecordsState
  /** What could not be kept in it, for people. */
  readonly lost: readonly string[]
}

/** How the run stood when a cycle was over. */
export interface Boundary {
  readonly cycle: number
  /** UTC, ISO 8601. */
  readonly at: string
  readonly shared: SharedState
  /** Each as JSON. */
  readonly agents: readonly string[]
}

/** What was measured and judged up to there. */
export interface Results {
  readonly summary: Summary
  readonly cells: readonly CellRecord[]
  readonly health: readonly CycleHealth[]
}

/** What a run needs to go on. */
export interface RunState extends SharedState, Results {
  readonly cycle: number
  readonly agents: readonly AgentState[]
}

const AGENTS_PER_PART = 100

/** @param turn lets others run: called between parts that take their time */
export async function* partsOf(
  { cycle, shared, agents }: Boundary,
  { summary, cells, health }: Results,
  { keys, turn }: { readonly keys: Readonly<Record<string, unknown>>; readonly turn: () => Promise<void> },
): AsyncGenerator<CheckpointPart> {
  const { cycles, ...measured } = summary
  yield part('plan', keys)
  yield part('run', shared)
  yield part('measured', measured)
  // Of cycles in which the breaker was at rest there is nothing else.
  const measuredCycles = new Set(cycles.map((closed) => closed.cycle))
  yield part('skipped', cells.filter((cell) => cell.cycle <= cycle && !measuredCycles.has(cell.cycle)).map(unmarked))
  for (const closed of cycles) {
    if (closed.cycle > cycle) continue
    yield part('cycle', {
      summary: closed,
      cells: cells.filter((cell) => cell.cycle === closed.cycle).map(unmarked),
      health: health.filter((one) => one.cycle === closed.cycle),
    })
    await turn()
  }
  for (let at = 0; at < agents.length; at += AGENTS_PER_PART) {
    yield { kind: 'agents', json: `[${agents.slice(at, at + AGENTS_PER_PART).join(',')}]` }
    await turn()
  }
}

const unmarked = ({ isRestored: _, ...cell }: CellRecord): CellRecord => cell

const part = (kind: string, value: unknown): CheckpointPart => ({ kind, json: JSON.stringify(value) })

interface CyclePart extends Pick<Results, 'cells' | 'health'> {
  readonly summary: CycleSummary
}

/** What was written is what is read: the file's digest has been compared. */
export function readState({ head, parts }: ReadCheckpoint): RunState {
  const of = <T>(kind: string): T[] => parts.filter((one) => one.kind === kind).map(({ value }) => value as T)
  const [shared] = of<SharedState>('run')
  const [measured] = of<Omit<Summary, 'cycles'>>('measured')
  if (shared === undefined || measured === undefined) throw new Error('a checkpoint without its state')
  const closed = of<CyclePart>('cycle')
  return {
    cycle: head.cycle,
    ...shared,
    summary: { ...measured, cycles: closed.map(({ summary }) => summary) },
    cells: [...closed.flatMap(({ cells }) => cells), ...of<CellRecord[]>('skipped').flat()],
    health: closed.flatMap(({ health }) => health),
    agents: of<AgentState[]>('agents').flat(),
  }
}

/** The keys of the plan that it was written for. */
export function readKeys({ parts }: ReadCheckpoint): Readonly<Record<string, unknown>> {
  return Object(parts.find(({ kind }) => kind === 'plan')?.value) as Record<string, unknown>
}
