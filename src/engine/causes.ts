// Why steps failed, per cell: equal reasons are counted together, and each keeps one example with its
// secrets masked. Bounded: reasons beyond the most that are kept are counted as "other reasons".
import { curl } from '../curl.ts'
import type { Redactor } from '../redact.ts'
import type { Cause, Example } from '../sample.ts'
import type { StepFailure } from './observer.ts'
import { bodyText } from './world.ts'

const MOST_REASONS = 50
const BODY_CHARACTERS = 500
const LOOKED_AT = 8_000

interface Tally {
  readonly cause: Omit<Cause, 'count'>
  count: number
}

/** As plain data. */
export interface CausesState {
  readonly tallies: readonly { readonly key: string; readonly cause: Omit<Cause, 'count'>; readonly count: number }[]
  readonly others: number
}

export class Causes {
  readonly #redactor: Redactor
  readonly #tallies = new Map<string, Tally>()
  #others = 0

  constructor(redactor: Redactor) {
    this.#redactor = redactor
  }

  add(failure: StepFailure): void {
    const { source } = failure
    const key = `${source.path}\u0000${failure.failure.key}`
    const known = this.#tallies.get(key)
    if (known !== undefined) known.count++
    else if (this.#tallies.size < MOST_REASONS) this.#tallies.set(key, { cause: this.#cause(failure), count: 1 })
    else this.#others++
  }

  /** The most frequent first. */
  top(most: number): Cause[] {
    const sorted = [...this.#tallies.values()].sort((a, b) => b.count - a.count)
    const causes = sorted.map(({ cause, count }) => ({ ...cause, count }))
    if (this.#others > 0)
      causes.push({ step: '(several)', outcome: 'failed', reason: 'other reasons', count: this.#others })
    return causes.slice(0, most)
  }

  get state(): CausesState {
    return { tallies: [...this.#tallies].map(([key, tally]) => ({ key, ...tally })), others: this.#others }
  }

  restore({ tallies, others }: CausesState): void {
    for (const { key, cause, count } of tallies) this.#tallies.set(key, { cause, count })
    this.#others = others
  }

  #cause(failure: StepFailure): Omit<Cause, 'count'> {
    const redactor = this.#redactor.knowing(failure.secrets())
    return {
      step: failure.source.step.name,
      outcome: failure.failure.outcome,
      reason: redactor.text(failure.failure.key),
      place: failure.source.place,
      example: exampleOf(failure, redactor),
    }
  }
}

/** Of a step that failed: what was sent and what came back. */
export function exampleOf({ agentId, iteration, failure, sent }: StepFailure, redactor: Redactor): Example {
  const message = redactor.text(failure.message)
  if (sent === undefined) return { agent: agentId, iteration, message }
  const { request, headers, url, answer } = sent
  const command = curl({ method: request.method, url, headers, body: bodyText(sent) }, redactor)
  // Masks are looked for in little more than is shown, but for so much that none is cut in two.
  const body = answer === undefined ? '' : redactor.text(answer.text().slice(0, LOOKED_AT)).slice(0, BODY_CHARACTERS)
  return {
    agent: agentId,
    iteration,
    message,
    curl: command,
    ...(answer !== undefined && { status: answer.status }),
    ...(body !== '' && { body }),
  }
}
