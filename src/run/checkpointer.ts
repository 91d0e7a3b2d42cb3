// Keeps a run's state on disk. After each cycle it captures the state in memory, after every n-th it writes it to disk; when
// the run is stopped within a cycle, it writes what it captured after the last whole one. All of it happens between cycles,
// in short turns. A disk that fails costs the checkpoint, never the run.
import type { Clock } from '../clock.ts'
import { fingerprint } from '../plan/fingerprint.ts'
import type { Fingerprint } from '../plan/fingerprint.ts'
import type { Plan } from '../plan/plan.ts'
import type { CheckpointStore } from '../store/checkpoint-folder.ts'
import type { CheckpointHead } from '../store/checkpoint-text.ts'
import type { Boundary, Results, SharedState } from './run-state.ts'
import { partsOf } from './run-state.ts'

export interface CheckpointerParts {
  readonly plan: Plan
  readonly clock: Clock
  readonly store: CheckpointStore
  readonly everyCycles: number
  /** The state of the run. @param lose called for what cannot be kept */
  readonly shared: (lose: (what: string) => void) => Omit<SharedState, 'lost'>
  /** The agents as JSON, one after the other. @param lose called for what cannot be kept */
  readonly agents: (lose: (what: string) => void) => Iterable<string | undefined>
  /** Resolves when the records that the state counts on are on disk. */
  readonly written: () => Promise<void>
  /** What people should know at once. */
  readonly say: (text: string) => void
}

/** After about this time it lets the event loop turn. */
const TURN_MS = 4
const AGENTS_PER_LOOK = 10
const MOST_LOST = 3

export class Checkpointer {
  readonly #parts: CheckpointerParts
  readonly #fingerprint: Fingerprint
  readonly #lost = new Set<string>()
  /** The state after the last whole cycle. */
  #boundary: Boundary | undefined
  /** The cycle of the last checkpoint. */
  #written: number
  /** The cycle of the last checkpoint that was attempted. */
  #tried = 0
  /** After which cycles none could be written, and the first reason. */
  readonly #failed = new Set<number>()
  #reason = ''
  /** Somebody has asked for one after the next whole cycle. */
  #isWanted = false
  #turnSince = 0
  #turns = 0

  /** @param after the cycle after which the run goes on, else 0 */
  constructor(parts: CheckpointerParts, after = 0) {
    this.#parts = parts
    this.#written = this.#tried = after
    this.#fingerprint = fingerprint(parts.plan)
  }

  /** The cycle of the last one; 0 when there is none. */
  get written(): number {
    return this.#written
  }

  /** The cycle of the last checkpoint that was attempted; 0 when none was. */
  get tried(): number {
    return this.#tried
  }

  /** Asks for one after the next whole cycle, whatever `everyCycles` says. */
  want(): void {
    this.#isWanted = true
  }

  /** For people, when the run is over. */
  notices(): readonly string[] {
    const lost = [...this.#lost]
    const shown = lost.slice(0, MOST_LOST).join(', ') + (lost.length > MOST_LOST ? ' and others' : '')
    return [
      ...(this.#failed.size === 0 ? [] : [this.#failure()]),
      ...(lost.length === 0 ? [] : [`Checkpoints do not hold ${shown}: a run that is resumed goes on without it.`]),
    ]
  }

  /** A cycle is over as planned, and the next has not begun. */
  async completed(cycle: number, results: () => Results): Promise<void> {
    this.#boundary = await this.#note(cycle)
    const { everyCycles } = this.#parts
    // Cycles in which the breaker is at rest do not come here.
    const isDue = cycle % everyCycles === 0 || cycle - this.#written > everyCycles
    if (isDue || this.#isWanted) await this.#write(this.#boundary, results())
  }

  /** The run was stopped: writes what was noted last, unless it is written. @param results without the cycle that was cut short */
  async stopped(results: Results): Promise<void> {
    const boundary = this.#boundary
    if (boundary === undefined || boundary.cycle <= this.#written) return
    if (results.summary.cycles.at(-1)?.cycle === boundary.cycle) await this.#write(boundary, results)
  }

  async #note(cycle: number): Promise<Boundary> {
    const { clock, shared, agents: states } = this.#parts
    const lose = (what: string): void => void (this.#lost.size <= MOST_LOST && this.#lost.add(what))
    const at = new Date(clock.epoch()).toISOString()
    const now = shared(lose)
    const agents: string[] = []
    this.#turnSince = clock.now()
    for (const agent of states(lose)) {
      if (agent !== undefined) agents.push(agent)
      if (++this.#turns % AGENTS_PER_LOOK === 0) await this.#turn()
    }
    return { cycle, at, agents, shared: { ...now, lost: [...this.#lost] } }
  }

  async #write(boundary: Boundary, results: Results): Promise<void> {
    const { plan, store, written } = this.#parts
    const { hash, keys } = this.#fingerprint
    await written()
    const head: CheckpointHead = {
      version: 1,
      runId: plan.runId,
      scenario: plan.scenario.id,
      seed: plan.seed,
      planHash: hash,
      cycle: boundary.cycle,
      cycles: plan.cycles,
      at: boundary.at,
    }
    const reason = await store.save(head, partsOf(boundary, results, { keys, turn: () => this.#turn() }))
    const isNews = this.#isWanted || this.#tried === this.#written
    this.#isWanted = false
    this.#tried = boundary.cycle
    if (reason !== undefined) return this.#fail(reason, isNews)
    this.#written = boundary.cycle
    this.#failed.delete(boundary.cycle)
  }

  /** After a failure the next cycle is tried, whatever `everyCycles` says: there may be room again. */
  #fail(reason: string, isNews: boolean): void {
    if (this.#failed.size === 0) this.#reason = reason
    this.#failed.add(this.#tried)
    if (isNews) this.#parts.say(`! ${this.#failure()}`)
  }

  #failure(): string {
    const [first = 0] = this.#failed
    const { size } = this.#failed
    const what =
      size === 1
        ? `The checkpoint after cycle ${first} could not be written`
        : `${size} checkpoints could not be written, the first after cycle ${first}`
    const last = this.#written === 0 ? 'There is none' : `The last one is after cycle ${this.#written}`
    return `${what}: ${this.#reason}.${this.#tried === this.#written ? '' : ` ${last}.`}`
  }

  async #turn(): Promise<void> {
    const { clock } = this.#parts
    if (clock.now() - this.#turnSince < TURN_MS) return
    await clock.turn()
    this.#turnSince = clock.now()
  }
}
