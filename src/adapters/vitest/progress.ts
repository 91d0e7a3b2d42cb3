// What people see while a scenario runs: what is about to happen, a line per cycle (and one every ten
// seconds within it), and on a terminal a live block. Texts are made in report/.
import { coloured, cycleLine, headerLines, liveLines, plain, statisticsLines, tickLine } from '../../report/index.ts'
import type { Paint, Tick } from '../../report/index.ts'
import type { Message } from './channel.ts'
import type { LogLevel } from '../environment.ts'
import { keysLine } from './keys.ts'
import type { Keys } from './keys.ts'
import type { Screen } from './screen.ts'

/** Between two lines within a cycle, where nothing can be redrawn. */
const LINE_EVERY_MS = 10_000
const DEBUG_LINE_EVERY_MS = 1000

export interface ProgressParts {
  readonly screen: Screen
  readonly root: string
  /** `error`: nothing is shown; `warn`: what people should know; `debug`: a line every second, on a terminal, too. */
  readonly level?: LogLevel | undefined
  /** Heard while a scenario runs; absent: none are. */
  readonly keys?: Keys | undefined
}

export class Progress {
  readonly #keys: Keys | undefined
  readonly #screen: Screen
  readonly #paint: Paint
  readonly #root: string
  #tick: Tick | undefined
  readonly #level: LogLevel
  #lineAtMs = 0
  /** Between the begin of a scenario and its end; what comes late shows nothing. */
  #isOn = false

  constructor({ screen, root, level = 'info', keys }: ProgressParts) {
    this.#level = level
    // Keys work only where a line on the screen names them.
    this.#keys = level === 'info' || level === 'debug' ? keys : undefined
    this.#screen = screen
    this.#paint = screen.coloured ? coloured : plain
    this.#root = root
  }

  hear(message: Message): void {
    if (this.#level === 'error' || (this.#level === 'warn' && message.kind !== 'notice')) return
    switch (message.kind) {
      case 'begin':
        this.#screen.lines(['', ...this.#header(message), ''])
        this.#isOn = true
        return void this.#listen()
      case 'tick':
        return this.#isOn ? this.#show(message.tick) : undefined
      case 'cycle':
        this.#lineAtMs = 0
        // What the block shows is over; the next tick is of the next cycle.
        this.#tick = undefined
        return this.#screen.lines([cycleLine(message.tick, message.cells, this.#paint)])
      case 'statistics':
        return this.#screen.lines(['', ...statisticsLines(message.statistics, this.#page), ''])
      case 'notice':
        return this.#screen.lines([message.text])
    }
  }

  /** The run is over: nothing more to redraw. */
  end(): void {
    this.#isOn = false
    this.#keys?.end()
    this.#tick = undefined
    this.#screen.live(undefined)
  }

  #header({ plan, only, restored }: Extract<Message, { kind: 'begin' }>): readonly string[] {
    return headerLines(plan, { paint: this.#paint, root: this.#root, only, restored })
  }

  get #page(): { readonly paint: Paint; readonly columns: number } {
    return { paint: this.#paint, columns: this.#screen.columns }
  }

  /** Whether there is a block, which names the keys. */
  #listen(): boolean {
    const wereHeard = this.#keys?.areHeard
    this.#keys?.begin()
    const hasBlock = this.#screen.live((rows) => this.#block(rows))
    if (this.#keys?.areHeard !== wereHeard && !hasBlock) this.#screen.lines([`Keys: ${keysLine({})}`, ''])
    return hasBlock
  }

  #show(tick: Tick): void {
    this.#tick = tick
    const shown = this.#listen()
    const isDebug = this.#level === 'debug'
    const every = isDebug ? DEBUG_LINE_EVERY_MS : LINE_EVERY_MS
    if ((shown && !isDebug) || tick.elapsedMs < this.#lineAtMs + every) return
    this.#lineAtMs = tick.elapsedMs
    this.#screen.lines([tickLine(tick, this.#paint)])
  }

  #block(rows: number): readonly string[] {
    if (this.#tick === undefined) return []
    const keys = this.#keys?.areHeard === true ? { keys: keysLine(this.#tick) } : {}
    return liveLines(this.#tick, { ...this.#page, rows, ...keys })
  }
}
