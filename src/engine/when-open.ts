// What the circuit breaker's opening does: it cuts the cycle short, it ends the run, or the run is paused until
// somebody has said how it goes on.
import { internalError } from '../errors.ts'
import type { BreakerRules } from '../limits/circuit-breaker.ts'
import type { BreakerGuard } from './breaker-guard.ts'
import type { Pause } from './pause.ts'

/** Whether the run goes on; @param reason that the breaker opened, with the numbers */
export type AskWhenOpen = (reason: string) => Promise<'go on' | 'abort'>

interface WhenOpenParts {
  readonly rules: BreakerRules
  /** Without it there is nobody to ask. */
  readonly ask: AskWhenOpen | undefined
  readonly pause: Pause
  readonly cutCycle: (reason: string) => void
  readonly endRun: (reason: string) => void
  readonly crash: (reason: string) => void
}

export class WhenOpen {
  readonly #parts: WhenOpenParts
  #decided: Promise<void> | undefined

  constructor(parts: WhenOpenParts) {
    this.#parts = parts
  }

  opened(guard: BreakerGuard, reason: string): void {
    const { rules, ask, pause, cutCycle, endRun, crash } = this.#parts
    if (rules.reset !== undefined) return cutCycle(reason)
    if (rules.onOpen !== 'pause' || ask === undefined) return endRun(reason)
    guard.pause()
    // When the run was paused by key already, only the key lets it go on.
    const isOurs = pause.begin()
    this.#decided = ask(reason)
      .then(
        (answer) => {
          guard.decide(answer === 'go on')
          if (answer === 'abort') endRun(reason)
          else if (isOurs) pause.end()
        },
        (error: unknown) => crash(internalError(error)),
      )
      .finally(() => (this.#decided = undefined))
  }

  /** Resolves when nobody is being asked, or it does not matter any more. */
  async decided(over: AbortSignal): Promise<void> {
    if (this.#decided === undefined || over.aborted) return
    const ended = new Promise<void>((resolve) => over.addEventListener('abort', () => resolve(), { once: true }))
    await Promise.race([this.#decided, ended])
  }
}
