// Opens once more than a share of the agents have failed; after a rest it lets a few of them probe, and
// closes or opens again. Pure: what opening stops is the engine's business, and how few requests it takes to
// find out is slow-start.ts's.
import { CycleWindow, RollingWindow } from './failure-window.ts'
import type { FailureWindow } from './failure-window.ts'

export interface BreakerRules {
  /** Opens once more than this share of the agents have failed. */
  readonly failurePercent: number
  /** Among fewer agents it never opens. */
  readonly minAgents: number
  readonly window: 'per_cycle' | 'rolling'
  /** How many a rolling window has at most. */
  readonly rollingAgents: number
  /** What opening does to the run, when it does not rest and probe. */
  readonly onOpen: 'abort' | 'pause'
  /** It rests for so many cycles, then so many agents probe. */
  readonly reset?: { readonly cooldownCycles: number; readonly probeAgents: number }
}

/** `paused`: open, and whether it goes on is for somebody to say. */
export type BreakerPhase = 'closed' | 'open' | 'paused' | 'half-open'

/** By which failure it opened. */
export interface BreakerOpened {
  readonly cycle: number
  /** Whose agent was the last to fail. */
  readonly group: string
  readonly failed: number
  /** Of how many. */
  readonly agents: number
}

/** A change, and by what when it opened. */
export interface BreakerEvent extends Partial<Omit<BreakerOpened, 'cycle'>> {
  /** To what it went. */
  readonly phase: BreakerPhase
  readonly cycle: number
}

/** What one that goes on in another process has to know. */
export interface BreakerMemory {
  readonly phase: BreakerPhase
  /** Of a rolling window: whether each failed, the oldest first. */
  readonly ends?: readonly boolean[]
}

export class CircuitBreaker {
  readonly #rules: BreakerRules
  readonly #window: FailureWindow
  #phase: BreakerPhase = 'closed'
  /** How many have to succeed before it closes. */
  #probes = 0
  readonly #probed = new Set<object>()

  constructor(rules: BreakerRules) {
    this.#rules = rules
    this.#window = rules.window === 'rolling' ? new RollingWindow(rules, rules.rollingAgents) : new CycleWindow(rules)
  }

  /** @param others agents that count only once they have finished an iteration */
  beginCycle(planned: number, others = 0): void {
    this.#window.beginCycle(planned, others)
    this.#probed.clear()
    this.#probes = Math.max(1, Math.min(this.#rules.reset?.probeAgents ?? 0, planned + others))
  }

  get phase(): BreakerPhase {
    return this.#phase
  }

  /** Of how many agents the share is taken; of those that probe while it is half-open. */
  get agents(): number {
    return this.#phase === 'half-open' ? this.#probes : this.#window.agents
  }

  get failed(): number {
    return this.#window.failed
  }

  /** Nobody may begin. */
  get isOpen(): boolean {
    return this.#phase === 'open'
  }

  /**
   * Counts an iteration that has ended by itself; one that was cut off must not be counted. @returns what changed, if anything
   *
   * @param hasSent a good end without it closes nothing
   */
  ended(agent: object, ok: boolean, isPlanned: boolean, hasSent = true): 'opened' | 'closed' | undefined {
    this.#window.ended(agent, ok, isPlanned)
    if (this.#phase === 'closed' && this.#window.isOver) return this.#to('open', 'opened')
    if (this.#phase !== 'half-open') return undefined
    if (!ok) return this.#to('open', 'opened')
    if (!hasSent) return undefined
    this.#probed.add(agent)
    return this.#probed.size < this.#probes ? undefined : this.#close()
  }

  /** All that were to act in this cycle are done: where fewer came than were to probe, they say it. */
  acted(): 'closed' | undefined {
    return this.#phase === 'half-open' && this.#probed.size > 0 ? this.#close() : undefined
  }

  #close(): 'closed' {
    this.#window.clear()
    return this.#to('closed', 'closed')
  }

  #to<T>(phase: BreakerPhase, said: T): T {
    this.#phase = phase
    return said
  }

  /** How many agents in a row would have to fail from now on until it opens; Infinity when there are too few agents. */
  get missing(): number {
    return this.#window.missing
  }

  /** Whether one more may send its first request, when so many are being tried and so many have been answered. */
  mayTry(tried: number, sound: number): boolean {
    if (this.#phase === 'half-open') return tried + sound < this.#probes
    return this.#phase === 'closed' && tried < this.missing + sound
  }

  /** From open: nobody begins, until somebody says that it goes on. */
  pause(): void {
    this.#phase = 'paused'
  }

  /** From paused: nobody begins any more. */
  giveUp(): void {
    this.#phase = 'open'
  }

  /** From paused: as if nothing had failed. */
  goOn(): void {
    this.#window.clear()
    this.#phase = 'closed'
  }

  /** From open, after its rest: a few agents of the next cycle say whether it closes. */
  probe(): void {
    this.#phase = 'half-open'
  }

  /** Between cycles. */
  get memory(): BreakerMemory {
    return { phase: this.#phase, ...(this.#window instanceof RollingWindow && { ends: this.#window.ends }) }
  }

  restore({ phase, ends }: BreakerMemory): void {
    this.#phase = phase
    if (this.#window instanceof RollingWindow) this.#window.restore(ends ?? [])
  }
}
