// Services that a scenario needs before its first request: the worker asks for them, the main process
// starts them (start/services.ts) and answers. Both ends of that talk.
import type { Vitest } from 'vitest/node'
import { TurbulenceError } from '../../errors.ts'
import { wallClock } from '../../without-engine.ts'
import type { CellRecord, Plan } from '../../run.ts'
import { Services } from '../start/services.ts'
import type { Order, Sender } from './channel.ts'
import { placedError } from './placed-error.ts'

/** In the main process: starts what is asked for and answers; stops it after the test run. */
export function keepServices(
  vitest: Vitest,
  say: (line: string) => void,
): (start: Plan['start'], answer: (order: Order) => void) => void {
  const services = new Services({ clock: wallClock, env: process.env, say })
  vitest.config.reporters.push({ onTestRunEnd: () => services.stop() } as never)
  vitest.onCancel(() => services.cancel())
  // A run that breaks has no end for reporters.
  vitest.onClose(() => services.stop())
  return (start, answer) =>
    void services
      .need(start, (text) => answer({ kind: 'notice', text }))
      .then(
        () => answer({ kind: 'ready' }),
        (error: unknown) => answer(refusal(error)),
      )
}

function refusal(error: unknown): Order {
  if (!(error instanceof TurbulenceError)) return { kind: 'failed', message: String(error) }
  const { message, hint, place } = error
  const text = hint === undefined ? message : `${message}\n${hint}`
  return { kind: 'failed', message: text, ...(place !== undefined && { place }) }
}

/** A process is gone before its parent hears of it. */
const LAST_WORDS_MS = 500

/** In the worker. */
export class Needs {
  readonly #notices: string[]
  #answered: ((order: Order) => void) | undefined
  #wereMet = false
  #heard = false
  #told: (() => void) | undefined

  /** @param notices gets a text when a service ends during the run */
  constructor(notices: string[]) {
    this.#notices = notices
  }

  hear(order: Order): void {
    if (order.kind !== 'notice') return this.#answered?.(order)
    this.#notices.push(order.text)
    this.#heard = true
    this.#told?.()
  }

  /** @throws at the line of `start` when one of them is not there to be used */
  async meet(start: Plan['start'], sender: Sender): Promise<void> {
    if (start.length === 0) return
    const order = await new Promise<Order>((resolve) => {
      this.#answered = resolve
      sender.send({ kind: 'need', start })
    })
    if (order.kind === 'failed') throw placedError({ name: 'StartError', message: order.message, place: order.place })
    this.#wereMet = order.kind === 'ready'
    if (order.kind === 'stop')
      throw placedError({ name: 'StartError', message: `Nothing was sent: ${order.reason}.`, place: start[0]?.place })
  }

  /** Before the record is closed: waits a moment for why a service ended, where requests say that one has. */
  async lastWords(cells: readonly CellRecord[]): Promise<void> {
    const isCutOff = cells.some(({ requests }) => (requests.connection ?? 0) + (requests.reset ?? 0) > 0)
    if (!this.#wereMet || this.#heard || !isCutOff) return
    await Promise.race([new Promise<void>((resolve) => (this.#told = resolve)), wallClock.sleep(LAST_WORDS_MS)])
  }
}
