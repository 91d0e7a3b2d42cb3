// Over what the circuit breaker takes its share: the agents of one cycle, each counted once, or the last so
// many that finished, whichever cycle they were in.

export interface FailureWindow {
  /** @param planned agents that are counted from the start; @param others count once they have finished an iteration */
  beginCycle(planned: number, others: number): void
  ended(agent: object, ok: boolean, isPlanned: boolean): void
  /** Of how many agents the share is taken. */
  readonly agents: number
  readonly failed: number
  /** Enough to say something, and more than the share of them have failed. */
  readonly isOver: boolean
  /** How many agents in a row would have to fail from now on until it is; Infinity when that cannot be. */
  readonly missing: number
  clear(): void
}

export interface Share {
  readonly failurePercent: number
  /** Among fewer agents it says nothing. */
  readonly minAgents: number
}

const isMore = ({ failurePercent, minAgents }: Share, failed: number, agents: number): boolean =>
  agents >= minAgents && failed * 100 > failurePercent * agents

/** Every cycle begins at zero. An agent counts once, however many of its iterations failed. */
export class CycleWindow implements FailureWindow {
  readonly #share: Share
  /** Agents whose number of iterations is fixed: they are all counted from the start. */
  #planned = 0
  /** Agents of duration and rate workloads: each is counted once it has finished an iteration. */
  #others = 0
  readonly #finished = new Set<object>()
  readonly #failed = new Set<object>()

  constructor(share: Share) {
    this.#share = share
  }

  beginCycle(planned: number, others: number): void {
    this.#planned = planned
    this.#others = others
    this.clear()
  }

  ended(agent: object, ok: boolean, isPlanned: boolean): void {
    if (!isPlanned) this.#finished.add(agent)
    if (!ok) this.#failed.add(agent)
  }

  get agents(): number {
    return this.#planned + this.#finished.size
  }

  get failed(): number {
    return this.#failed.size
  }

  get isOver(): boolean {
    return isMore(this.#share, this.failed, this.agents)
  }

  get missing(): number {
    const { failurePercent, minAgents } = this.#share
    if (this.#planned + this.#others < minAgents) return Number.POSITIVE_INFINITY
    const over = failurePercent * this.agents - 100 * this.failed
    if (this.#others === 0) return Math.floor(over / 100) + 1
    // Each of them may be counted among the agents as well.
    return Math.max(minAgents - this.agents, Math.floor(over / (100 - failurePercent)) + 1)
  }

  clear(): void {
    this.#finished.clear()
    this.#failed.clear()
  }
}

/** The last so many that finished an iteration; an agent counts as often as it does. */
export class RollingWindow implements FailureWindow {
  readonly #share: Share
  readonly #most: number
  /** Whether each failed, the oldest at `#next` once it is full. */
  readonly #ends: boolean[] = []
  #next = 0
  #failed = 0
  #missing: number | undefined

  constructor(share: Share, agents: number) {
    this.#share = share
    this.#most = agents
  }

  beginCycle(): void {}

  ended(_agent: object, ok: boolean): void {
    this.#add(!ok)
  }

  get agents(): number {
    return this.#ends.length
  }

  get failed(): number {
    return this.#failed
  }

  get isOver(): boolean {
    return isMore(this.#share, this.#failed, this.agents)
  }

  get missing(): number {
    this.#missing ??= this.#count()
    return this.#missing
  }

  /** As if the next ones failed, one by one, each pushing out the oldest once it is full. */
  #count(): number {
    let failed = this.#failed
    for (let more = 1; more <= this.#most; more++) {
      const pushedOut = this.agents + more - 1 - this.#most
      const leaves = pushedOut >= 0 && this.#ends[(this.#next + pushedOut) % this.#most] === true
      failed += leaves ? 0 : 1
      if (isMore(this.#share, failed, Math.min(this.#most, this.agents + more))) return more
    }
    return Number.POSITIVE_INFINITY
  }

  #add(hasFailed: boolean): void {
    this.#missing = undefined
    if (this.#ends.length < this.#most) this.#ends.push(hasFailed)
    else {
      if (this.#ends[this.#next] === true) this.#failed--
      this.#ends[this.#next] = hasFailed
      this.#next = (this.#next + 1) % this.#most
    }
    if (hasFailed) this.#failed++
  }

  /** Whether each failed, the oldest first. */
  get ends(): readonly boolean[] {
    return [...this.#ends.slice(this.#next), ...this.#ends.slice(0, this.#next)]
  }

  restore(ends: readonly boolean[]): void {
    this.clear()
    for (const end of ends) this.#add(end)
  }

  clear(): void {
    this.#ends.length = 0
    this.#next = this.#failed = 0
    this.#missing = undefined
  }
}
