// What an agent is given from outside its flow: the values of its variation, a row of its group's data
// file, its group's policy. All of it follows from who the agent is and which iteration this is.
import { NameError } from '../actions/action.ts'
import type { Names } from '../actions/action.ts'
import type { Rows } from '../agents/data.ts'
import { rowsFor } from '../agents/data.ts'
import type { Variation } from '../agents/variation.ts'
import { drawVariation } from '../agents/variation.ts'
import type { GroupPlan, Plan } from '../plan/plan.ts'
import type { Random, Seed } from '../random.ts'
import type { Carried } from './carried.ts'
import type { Entry } from '../scenario/entry.ts'
import type { World } from './world.ts'

type Row = Readonly<Record<string, unknown>>

/** Instead of an iteration's number, in the idle flow. */
export const IDLE = 0

/** The rows of all groups that have a data file. */
export function rowsOf(plan: Plan, seed: Seed): Map<string, Rows> {
  const rows = new Map<string, Rows>()
  for (const { name, data, count } of plan.groups) {
    const table = data === undefined ? undefined : plan.tables[data.file]
    if (data === undefined || table === undefined) continue
    rows.set(
      name,
      rowsFor(data, table, count, () => seed.stream(`data:${name}`)),
    )
  }
  return rows
}

/** The agent that it is given to. */
interface Whose {
  /** From 1. */
  readonly index: number
  readonly carried: Carried
  /** The random stream for this purpose in the agent's current iteration. */
  stream(purpose: string): Random
}

export class Given {
  readonly #world: World
  readonly #group: GroupPlan | undefined
  readonly #agent: Whose
  #nth = 0
  #variation: Variation | undefined
  #entry: Entry | undefined
  #row: Row | undefined
  #hasLooked = false

  constructor(world: World, group: GroupPlan | undefined, agent: Whose) {
    this.#world = world
    this.#group = group
    this.#agent = agent
  }

  begin(cycle: number, iteration: number): void {
    // An idle agent gets the row that it would get if it acted.
    this.#nth = this.#number(cycle, Math.max(1, iteration))
    this.#agent.carried.begin(iteration !== IDLE)
  }

  /** The iteration is over: the next one is given its own values. */
  end(): void {
    this.#variation = this.#entry = this.#row = undefined
    this.#hasLooked = false
  }

  /** Undefined when nothing varies. */
  get variation(): Variation | undefined {
    const spec = this.#world.plan.variation
    if (spec === undefined || this.#group === undefined) return undefined
    this.#variation ??= drawVariation(spec, (purpose) => this.#agent.stream(purpose))
    return this.#variation
  }

  /** What this iteration begins with, filled in when it is first asked for. */
  entry(names: Pick<Names, 'builtin'>): Entry {
    this.#entry ??= this.#world.entry(names, (at) => this.#agent.stream(`entry:${at}`), this.variation?.values)
    return this.#entry
  }

  /** As far as it was asked for. */
  get entryOrNone(): Entry | undefined {
    return this.#entry
  }

  /** Of this iteration. @throws NameError when the rows are used up, and that is an error */
  get row(): Row | undefined {
    if (this.#group?.data === undefined) return undefined
    const row = this.rowOrNone
    if (row !== undefined) return row
    throw new NameError(`${this.#group.data.file} has no more rows (at_end: error)`)
  }

  get rowOrNone(): Row | undefined {
    if (!this.#hasLooked) this.#row = this.#look(this.#nth)
    this.#hasLooked = true
    return this.#row
  }

  /** No row is left for this iteration, and then the agent does nothing more. */
  isDone(cycle: number, iteration: number): boolean {
    return this.#group?.data?.atEnd === 'stop' && this.#look(this.#number(cycle, iteration)) === undefined
  }

  /** Option → weight. */
  policy(decision: string): Readonly<Record<string, number>> | undefined {
    const policy = this.#group?.policy ?? {}
    return Object.hasOwn(policy, decision) ? policy[decision] : undefined
  }

  #look(nth: number): Row | undefined {
    return this.#world.rows
      .get(this.#group?.name ?? '')
      ?.row(this.#agent.index - 1, nth, () => this.#agent.stream('data'))
  }

  /** Which iteration of the run this is for the agent, from 0; where the plan knows it, filters change nothing. */
  #number(cycle: number, iteration: number): number {
    const workload = this.#group?.workload
    return workload?.kind === 'iterations'
      ? (cycle - 1) * workload.iterations + iteration - 1
      : this.#agent.carried.begun
  }
}
