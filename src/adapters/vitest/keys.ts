// What whoever sits at the terminal may press while a scenario runs: the main process hears the key, the worker,
// where the run is, does what it means and says so. Both ends of that. In watch mode all keys are Vitest's.
import type { Vitest } from 'vitest/node'
import type { Run, Tick } from '../../run.ts'
import type { Order, Sender } from './channel.ts'
import type { Keyboard } from './keyboard.ts'

export type Wish = 'pause' | 'go on' | 'checkpoint' | 'statistics' | 'finish'

const WISHES: Readonly<Record<string, Wish>> = {
  p: 'pause',
  r: 'go on',
  s: 'statistics',
  c: 'checkpoint',
  q: 'finish',
}

/** In the main process, from the begin of a scenario to its end. */
export class Keys {
  readonly #vitest: Vitest
  readonly #keyboard: Keyboard
  readonly #tell: (order: Order) => void
  #forget: (() => void) | undefined
  #wantsEnd = false

  constructor(vitest: Vitest, keyboard: Keyboard, tell: (order: Order) => void) {
    this.#vitest = vitest
    this.#keyboard = keyboard
    this.#tell = tell
  }

  /** Whether they are heard. */
  get areHeard(): boolean {
    return this.#forget !== undefined
  }

  /** Somebody wants that no more load begins, in no scenario. */
  get wantsEnd(): boolean {
    return this.#wantsEnd
  }

  /** Again and again, as a command in the background may come to the foreground. */
  begin(): void {
    if (this.areHeard) return this.#keyboard.wake()
    if (!canPress(this.#vitest, this.#keyboard)) return
    this.#forget = this.#keyboard.listen((key) => {
      const wish = WISHES[key.toLowerCase()]
      if (wish === undefined) return
      this.#wantsEnd ||= wish === 'finish'
      this.#tell({ kind: 'wish', wish })
    })
  }

  end(): void {
    this.#forget?.()
    this.#forget = undefined
  }
}

/** Whether somebody may be there. In watch mode keys are Vitest's, and most of them cancel the run. */
export function canPress({ config }: Vitest, keyboard: Keyboard): boolean {
  return !config.watch && !isCi() && keyboard.isThere()
}

/** As most tools have it. */
function isCi(): boolean {
  const { CI = '' } = process.env
  return CI !== '' && CI !== 'false' && CI !== '0'
}

/** What is shown of them, as the run stands. */
export function keysLine({ pausedMs, breaker }: Pick<Tick, 'pausedMs' | 'breaker'>): string {
  // Then it is a question that they answer.
  if (breaker?.phase === 'paused') return 'r go on · q end the run'
  return `${pausedMs === undefined ? 'p pause' : 'r go on'} · s statistics · c checkpoint · q end after this cycle · Ctrl-C stop`
}

/** In the worker. */
export function grant(wish: Wish, run: Run, sender: Sender): void {
  const { steering } = run
  const say = (text: string): void => sender.send({ kind: 'notice', text })
  switch (wish) {
    case 'pause':
      return say(`${steering.pause()}${steering.isPaused ? ' Press r to go on.' : ''}`)
    case 'go on':
      return say(steering.goOn())
    case 'checkpoint':
      return say(steering.checkpoint())
    case 'finish':
      return say(steering.finish('the key q'))
    case 'statistics':
      return sender.send({ kind: 'statistics', statistics: run.statistics() })
  }
}
