// Counts which agents of a cycle have failed and opens once more than a share of them have. An agent
// counts once, however many of its iterations failed. Pure: what opening stops is the engine's business,
// and how few requests it takes to find out is slow-start.ts's.

export interface BreakerRules {
  /** Opens once more than this share of the agents have failed. */
  readonly failurePercent: number
  /** Among fewer agents it never opens. */
  readonly minAgents: number
}

export class CircuitBreaker {
  readonly #rules: BreakerRules
  /** Agents whose number of iterations is fixed: they are all counted from the start. */
  #planned = 0
  /** Agents of duration and rate workloads: each is counted once it has finished an iteration. */
  #others = 0
  readonly #finished = new Set<object>()
  readonly #failed = new Set<object>()
  #isOpen = false

  constructor(rules: BreakerRules) {
    this.#rules = rules
  }

  /** @param others agents that count only once they have finished an iteration */
  beginCycle(planned: number, others = 0): void {
    this.#planned = planned
    this.#others = others
    this.#finished.clear()
    this.#failed.clear()
  }

  /** Of how many agents the share is taken. */
  get agents(): number {
    return this.#planned + this.#finished.size
  }

  get failed(): number {
    return this.#failed.size
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** An iteration came to its own end; true when it opened the breaker. One that was cut off is none of it. */
  ended(agent: object, ok: boolean, isPlanned: boolean): boolean {
    if (!isPlanned) this.#finished.add(agent)
    if (!ok) this.#failed.add(agent)
    if (this.#isOpen || this.agents < this.#rules.minAgents) return false
    this.#isOpen = this.failed * 100 > this.#rules.failurePercent * this.agents
    return this.#isOpen
  }

  /** How many agents in a row would have to fail from now on until it opens; Infinity when there are too few agents. */
  get missing(): number {
    const { failurePercent, minAgents } = this.#rules
    if (this.#planned + this.#others < minAgents) return Number.POSITIVE_INFINITY
    const over = failurePercent * this.agents - 100 * this.failed
    if (this.#others === 0) return Math.floor(over / 100) + 1
    // Each of them may be counted among the agents as well.
    return Math.max(minAgents - this.agents, Math.floor(over / (100 - failurePercent)) + 1)
  }
}
