// Pressure on one agent: draws what is done to each attempt, answers instead of a service where it is to
// fail, and keeps what was done for the iteration's record. What may be done is pressure/.
import type { ServicePlan } from '../actions/action.ts'
import type { Clock } from '../clock.ts'
import type { Drawn, InjectedFailure } from '../pressure/draw.ts'
import { drawPressure } from '../pressure/draw.ts'
import type { Pressure, PressureSpec } from '../pressure/pressure.ts'
import { pressureOn } from '../pressure/pressure.ts'
import type { Random } from '../random.ts'
import type { Failure } from '../sample.ts'
import type { PlacedStep } from '../scenario/scenario.ts'
import { formatMs } from '../units.ts'
import type { Channel, Reply, Wire } from './transport.ts'

/** What was done in one iteration. */
export interface Pressed {
  delayedMs: number
  errors: number
  resets: number
  timeouts: number
  /** Requests that were sent again, whatever they were answered. */
  repeats: number
}

export class AgentPressure {
  readonly #spec: PressureSpec
  readonly #stream: (purpose: string) => Random
  /** Attempts of each step in this iteration, by path. */
  readonly #attempts = new Map<string, number>()
  #pressed: Pressed | undefined

  /** @param stream the agent's stream of that name in its iteration */
  constructor(spec: PressureSpec, stream: (purpose: string) => Random) {
    this.#spec = spec
    this.#stream = stream
  }

  begin(): void {
    this.#attempts.clear()
    this.#pressed = undefined
  }

  /** Undefined when nothing was done in this iteration. */
  get pressed(): Pressed | undefined {
    return this.#pressed
  }

  on(step: PlacedStep, service: string): Pressure | undefined {
    return pressureOn(this.#spec, service, step.step.name)
  }

  /** For the next attempt of the step. */
  draw(pressure: Pressure, step: PlacedStep): Drawn {
    const nth = (this.#attempts.get(step.path) ?? 0) + 1
    this.#attempts.set(step.path, nth)
    const drawn = drawPressure(pressure, this.#stream(`pressure:${step.path}:${nth}`))
    const kind = drawn.failure?.kind
    if (drawn.latencyMs > 0) this.#tally.delayedMs += drawn.latencyMs
    if (kind === 'error') this.#tally.errors++
    if (kind === 'reset') this.#tally.resets++
    if (kind === 'timeout') this.#tally.timeouts++
    return drawn
  }

  countTimeout(): void {
    this.#tally.timeouts++
  }

  countRepeat(): void {
    this.#tally.repeats++
  }

  get #tally(): Pressed {
    this.#pressed ??= { delayedMs: 0, errors: 0, resets: 0, timeouts: 0, repeats: 0 }
    return this.#pressed
  }
}

/** What an attempt gets that is not sent: no time of it is the service's. */
export function injectedReply(failure: InjectedFailure, host: string, nowMs: number): Reply {
  return {
    status: failure.kind === 'error' ? failure.status : 0,
    headers: {},
    chunks: [],
    error: failure.kind === 'error' ? undefined : injectedError(failure, host),
    handedAt: nowMs,
    startedAt: undefined,
    firstByteAt: undefined,
    endedAt: nowMs,
    isInjected: true,
  }
}

function injectedError(failure: Exclude<InjectedFailure, { kind: 'error' }>, host: string): Reply['error'] {
  return failure.kind === 'reset'
    ? { outcome: 'reset', code: 'INJECTED', message: `connection to ${host} reset` }
    : { outcome: 'timeout', code: 'INJECTED', message: `no answer from ${host} within ${formatMs(failure.afterMs)}` }
}

/** Sends it, and gives up when the answer takes longer than the client would wait under pressure. */
export async function sendWithin(
  patienceMs: number,
  { channel, clock, service, wire }: { channel: Channel; clock: Clock; service: ServicePlan; wire: Wire },
): Promise<Reply> {
  let isLate = false
  const cancel = clock.after(patienceMs, () => {
    isLate = true
    channel.abort()
  })
  const reply = await channel.send(service, wire)
  cancel()
  if (!isLate || reply.error?.outcome !== 'aborted') return reply
  const host = new URL(service.baseUrl).host
  return injectedReply({ kind: 'timeout', afterMs: patienceMs }, host, clock.now())
}

/** People must see whose fault it was. */
export function asInjected(failure: Failure | undefined): Failure | undefined {
  if (failure === undefined) return undefined
  return { ...failure, key: `${failure.key} (injected)`, message: `${failure.message} (injected by pressure)` }
}
