// The question whether a run goes on after its circuit breaker has opened (`on_open: pause`). Both ends: the worker asks,
// the main process puts the question to the terminal. Where nobody can answer, the run does not go on.
import type { Reporter, Vitest } from 'vitest/node'
import { readableEnvironment } from '../environment.ts'
import type { Order, Sender } from './channel.ts'
import type { Keyboard } from './keyboard.ts'
import { canPress } from './keys.ts'
import type {} from './meta.ts'
import { isScenario } from './ordering.ts'

const GO_ON = 'r'
const ABORT = 'q'

/** Also a reporter: tells workers whether anybody can be asked, and withdraws a question when its file is over. */
export interface Asker extends Reporter {
  ask(reason: string, answer: (order: Order) => void): void
}

/** In the main process. `say` gets lines for people. */
export function askAtTerminal(vitest: Vitest, keyboard: Keyboard, say: (line: string) => void): Asker {
  let forget = (): void => undefined
  // With the level `error` the question would not be printed.
  const canAsk = (): boolean => canPress(vitest, keyboard) && readableEnvironment(process.env)?.logLevel !== 'error'
  return {
    ask(reason, answer) {
      if (!canAsk()) return answer({ kind: 'decision', goesOn: false })
      say(`! Paused: ${reason}. Press ${GO_ON} to go on, ${ABORT} to end the run.`)
      forget = keyboard.listen((pressed) => {
        const key = pressed.toLowerCase()
        if (key !== GO_ON && key !== ABORT) return
        forget()
        say(key === GO_ON ? 'The run goes on.' : 'The run ends.')
        answer({ kind: 'decision', goesOn: key === GO_ON })
      })
    },
    onTestRunStart(files) {
      for (const { project } of files.filter(isScenario)) project.provide('turbulenceAsks', canAsk())
    },
    onTestModuleEnd(module) {
      if (isScenario(module)) forget()
    },
    onTestRunEnd: () => forget(),
  }
}

/** In the worker. */
export class Questions {
  #answered: ((answer: 'go on' | 'abort') => void) | undefined

  ask(reason: string, sender: Sender): Promise<'go on' | 'abort'> {
    return new Promise((resolve) => {
      this.#answered = resolve
      sender.send({ kind: 'paused', reason })
    })
  }

  /** A stop, or a service that failed, ends the wait like a no. */
  hear(order: Order): void {
    if (order.kind === 'decision') this.#answered?.(order.goesOn ? 'go on' : 'abort')
    else if (order.kind === 'stop' || order.kind === 'failed') this.#answered?.('abort')
  }
}
