// The keys that control a running scenario. Both ends: the main process hears a key and sends a wish, the worker, where the
// run is, grants it and answers with a line. In watch mode all keys are Vitest's.
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

/** In the main process: listens from the beginning of a scenario to its end. */
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

  /** `q` was pressed: no further scenario begins either. */
  get wantsEnd(): boolean {
    return this.#wantsEnd
  }

  /** Listens, if keys can be pressed. To be called repeatedly: a background command may come to the foreground. */
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

/** Whether anybody can press a key that is ours. In watch mode keys are Vitest's, and most of them cancel the run. */
export function canPress({ config }: Vitest, keyboard: Keyboard): boolean {
  return !config.watch && !isCi() && keyboard.isThere()
}

/** `CI` is set, and neither `false` nor `0`: as most tools read it. */
function isCi(): boolean {
  const { CI = '' } = process.env
  return CI !== '' && CI !== 'false' && CI !== '0'
}

/** The line that names the keys, by what they do at the moment. */
export function keysLine({ pausedMs, breaker }: Pick<Tick, 'pausedMs' | 'breaker'>): string {
  // The breaker has asked whether the run goes on, and the keys answer that.
  if (breaker?.phase === 'paused') return 'r go on · q end the run'
  return `${pausedMs === undefined ? 'p pause' : 'r go on'} · s statistics · c checkpoint · q end after this cycle · Ctrl-C stop`
}

/** In the worker: does what was wished for, and tells the terminal. */
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
