// All agents of a run, by group: aborted together, and what they carry stored and restored. What one of them does is context.ts.
import type { GroupPlan } from '../plan/plan.ts'
import type { CarriedState } from './carried.ts'
import { AgentContext } from './context.ts'
import { Crew } from './crew.ts'
import type { World } from './world.ts'

/** What one agent carries, as plain data; the index is from 1. */
export type AgentState = readonly [group: string, index: number, carried: CarriedState]

export class Agents {
  readonly #world: World
  readonly #groups = new Map<string, Crew>()
  /** Of no group: it runs what comes before the load. */
  #outside: AgentContext | undefined

  constructor(world: World) {
    this.#world = world
  }

  of(group: GroupPlan): Crew {
    let crew = this.#groups.get(group.name)
    if (crew === undefined) this.#groups.set(group.name, (crew = new Crew(this.#world, group)))
    return crew
  }

  /** A new one for `setup` and its like; `nth` tells it from others of this run. */
  outside(nth: number): AgentContext {
    this.#outside = new AgentContext(this.#world)
    this.#outside.begin(0, nth)
    return this.#outside
  }

  /** Those of groups that have done something. */
  *made(): Generator<AgentContext> {
    for (const crew of this.#groups.values()) yield* crew.made()
  }

  abort(which: (agent: AgentContext) => boolean): void {
    for (const agent of this.made()) if (which(agent)) agent.abort()
    if (this.#outside !== undefined && which(this.#outside)) this.#outside.abort()
  }

  /**
   * Between cycles: the `AgentState` of each as JSON, undefined for one that has never acted; one after the
   * other, so that whoever asks can pause.
   * @param lose called for a value that cannot be stored: `memory.basket of shoppers-3 (a function)`
   */
  *states(lose: (what: string) => void): Generator<string | undefined> {
    const keepsCookies = this.#world.plan.cookies === 'run'
    for (const [group, crew] of this.#groups)
      for (const { carried, id, index } of crew.made()) {
        const text = carried.text(keepsCookies, (name, what) => lose(`memory.${name} of ${id} (${what})`))
        yield text === undefined ? undefined : `[${JSON.stringify(group)},${index},${text}]`
      }
  }

  /** Before the first cycle. */
  restore(groups: readonly GroupPlan[], states: readonly AgentState[]): void {
    const byName = new Map(groups.map((group) => [group.name, group]))
    for (const [group, index, carried] of states) {
      const plan = byName.get(group)
      if (plan !== undefined)
        this.of(plan)
          .agent(index - 1)
          .carried.restore(carried)
    }
  }
}
