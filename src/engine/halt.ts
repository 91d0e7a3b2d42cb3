// Why no more iterations begin: for the rest of the run, or of this cycle only. The first reason stays.

export class Halt {
  #run: string | undefined
  #cycle: string | undefined
  /** A cycle was cut short. */
  #hasCut = false
  readonly #runOver = new AbortController()
  #cycleOver = new AbortController()

  /** For the rest of the run. */
  get run(): string | undefined {
    return this.#run
  }

  /** For the rest of the cycle, or of the run. */
  get now(): string | undefined {
    return this.#run ?? this.#cycle
  }

  get hasCut(): boolean {
    return this.#hasCut
  }

  /** A cycle was cut short before the run went on. */
  restore(): void {
    this.#hasCut = true
  }

  /** Something of the plan was not run, or will not be. */
  get isPartial(): boolean {
    return this.#run !== undefined || this.#hasCut
  }

  /** Aborts when the run is over. */
  get runSignal(): AbortSignal {
    return this.#runOver.signal
  }

  /** Aborts when this cycle is over, or the run. */
  get signal(): AbortSignal {
    return this.#cycleOver.signal
  }

  beginCycle(): void {
    this.#cycle = undefined
    if (this.#run === undefined) this.#cycleOver = new AbortController()
  }

  endRun(reason: string): void {
    this.#run ??= reason
    this.#runOver.abort()
    this.#cycleOver.abort()
  }

  endCycle(reason: string): void {
    this.#cycle ??= reason
    this.#hasCut = true
    this.#cycleOver.abort()
  }
}
