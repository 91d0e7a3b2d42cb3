// What pressure does to one attempt, drawn from the attempt's own stream: every draw is taken, whether it
// is needed or not, so that turning one fault on never changes the others.
import type { Random } from '../random.ts'
import type { Pressure } from './pressure.ts'
import { DEFAULT_ERROR_STATUS } from './pressure.ts'

/** Instead of an answer of the service. */
export type InjectedFailure =
  | { readonly kind: 'error'; readonly status: number }
  | { readonly kind: 'reset' }
  | { readonly kind: 'timeout'; readonly afterMs: number }

export interface Drawn {
  /** Waited before it is sent, or before it fails. */
  readonly latencyMs: number
  /** Then it is not sent at all. */
  readonly failure: InjectedFailure | undefined
  /** What is left of `timeoutAfterMs` for the service; undefined = no limit but the service's own. */
  readonly patienceMs: number | undefined
}

export function drawPressure(pressure: Pressure, random: Random): Drawn {
  const [forLatency, forReset, forError] = [random.next(), random.next(), random.next()]
  const { latencyMs: range, timeoutAfterMs: most } = pressure
  const latencyMs = range === undefined ? 0 : range.min + forLatency * (range.max - range.min)
  if (most !== undefined && latencyMs >= most)
    return { latencyMs: most, failure: { kind: 'timeout', afterMs: most }, patienceMs: undefined }
  const patienceMs = most === undefined ? undefined : most - latencyMs
  if (forReset < (pressure.resetRate ?? 0)) return { latencyMs, failure: { kind: 'reset' }, patienceMs }
  if (forError >= (pressure.errorRate ?? 0)) return { latencyMs, failure: undefined, patienceMs }
  return { latencyMs, failure: { kind: 'error', status: pressure.errorStatus ?? DEFAULT_ERROR_STATUS }, patienceMs }
}
