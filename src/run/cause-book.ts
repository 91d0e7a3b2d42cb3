// Why steps failed, kept per cell of the open cycle and apart for setup and teardown. Secrets of the
// environment are masked before anything is kept.
import { Causes } from '../engine/causes.ts'
import type { CausesState } from '../engine/causes.ts'
import type { StepFailure } from '../engine/observer.ts'
import { TurbulenceError } from '../errors.ts'
import type { Plan } from '../plan/plan.ts'
import { planRedactor } from '../plan/secrets.ts'
import type { Redactor } from '../redact.ts'
import type { Cause } from '../sample.ts'
import { plural } from '../units.ts'

/** As many as a failing test shows. */
const MOST_SHOWN = 3

/** Of what agents did after failed iterations, as plain data; secrets are masked. */
export interface CauseBookState {
  readonly cleanUps: number
  readonly onFailure: CausesState
}

export class CauseBook {
  readonly #redactor: Redactor
  readonly #cells = new Map<string, Causes>()
  readonly #outside: { readonly setup: Causes; readonly teardown: Causes; readonly onFailure: Causes }
  #cleanUps = 0

  constructor(plan: Plan) {
    this.#redactor = planRedactor(plan)
    const causes = (): Causes => new Causes(this.#redactor)
    this.#outside = { setup: causes(), teardown: causes(), onFailure: causes() }
  }

  add(failure: StepFailure): void {
    if (failure.isLoad) this.#cell(failure.cycle, failure.group ?? '').add(failure)
    else if (failure.group !== undefined) {
      this.#cleanUps++
      this.#outside.onFailure.add(failure)
    } else if (/^(?:setup|on_resume)/.test(failure.source.path)) this.#outside.setup.add(failure)
    else this.#outside.teardown.add(failure)
  }

  /** The most frequent causes of a cell's failed steps. */
  cell(cycle: number, group: string): readonly Cause[] {
    return this.#cells.get(`${cycle}\u0000${group}`)?.top(MOST_SHOWN) ?? []
  }

  /** @param message of a failure that has no cause of its own */
  setupError(message: string, what: 'setup' | 'on_resume' = 'setup'): TurbulenceError {
    const [cause] = this.#outside.setup.top(1)
    const step = cause === undefined ? '' : ` at step "${cause.step}"`
    return new TurbulenceError('setup', `${what} failed${step}: ${cause?.example?.message ?? message}`, {
      ...(cause?.place !== undefined && { place: cause.place }),
    })
  }

  /** What failed judges nothing here, but people should know. */
  notices(): readonly string[] {
    const of = (what: string, [cause]: readonly Cause[]): string[] =>
      cause === undefined ? [] : [`${what} failed at step "${cause.step}": ${cause.example?.message ?? cause.reason}`]
    return [
      ...of('teardown', this.#outside.teardown.top(1)),
      ...of(`on_failure (${plural(this.#cleanUps, 'step')})`, this.#outside.onFailure.top(1)),
    ]
  }

  get state(): CauseBookState {
    return { cleanUps: this.#cleanUps, onFailure: this.#outside.onFailure.state }
  }

  restore({ cleanUps, onFailure }: CauseBookState): void {
    this.#cleanUps = cleanUps
    this.#outside.onFailure.restore(onFailure)
  }

  /** The cells of a closed cycle have been judged; what they needed is in their records. */
  closeCycle(cycle: number): void {
    for (const key of this.#cells.keys()) if (key.startsWith(`${cycle}\u0000`)) this.#cells.delete(key)
  }

  #cell(cycle: number, group: string): Causes {
    const key = `${cycle}\u0000${group}`
    let causes = this.#cells.get(key)
    if (causes === undefined) this.#cells.set(key, (causes = new Causes(this.#redactor)))
    return causes
  }
}
