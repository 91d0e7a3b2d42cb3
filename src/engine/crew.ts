// The agents of a group. Each is made when it first does something: whoever is idle costs nothing.
import type { GroupPlan } from '../plan/plan.ts'
import { AgentContext } from './context.ts'
import type { World } from './world.ts'

export class Crew {
  readonly #world: World
  readonly #group: GroupPlan
  readonly #agents = new Map<number, AgentContext>()

  constructor(world: World, group: GroupPlan) {
    this.#world = world
    this.#group = group
  }

  /** @param index from 0 */
  agent(index: number): AgentContext {
    let agent = this.#agents.get(index)
    if (agent === undefined) {
      agent = new AgentContext(this.#world, this.#group, index + 1)
      this.#agents.set(index, agent)
    }
    return agent
  }

  /** Those that have done something. */
  made(): Iterable<AgentContext> {
    return this.#agents.values()
  }
}
