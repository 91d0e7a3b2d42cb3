// Where the reporter writes: whole lines beside Vitest's own, and on a terminal a live block inside the
// window that Vitest repaints. When another reporter owns stdout (json, tap …), everything goes to stderr.
import { stripVTControlCharacters } from 'node:util'
import type { Vitest } from 'vitest/node'

/** Reporters whose output is for programs. */
const MACHINE_REPORTERS = new Set(['json', 'junit', 'tap', 'tap-flat'])

/** The part of Vitest's summary reporter that can be asked for its window; private, so looked for by its shape. */
interface SummaryReporter {
  summary?: { renderer?: { options?: { getWindow?: () => string[] } } }
}

/** Makes the lines of the live block, at most `rows` of them. */
type Block = (rows: number) => readonly string[]

type Stream = Pick<NodeJS.WriteStream, 'isTTY'> & Partial<Pick<NodeJS.WriteStream, 'columns' | 'rows'>>

export class Screen {
  readonly #vitest: Vitest
  readonly #toStderr: boolean
  readonly #stream: Stream
  #block: Block | undefined
  #hooked = false

  constructor(vitest: Vitest, { stdout, stderr }: { readonly stdout: Stream; readonly stderr: Stream } = process) {
    this.#vitest = vitest
    this.#toStderr = stdoutIsTaken(vitest)
    this.#stream = this.#toStderr ? stderr : stdout
  }

  /** Width of the terminal; Infinity without one, and for one that does not know its width (0). */
  get columns(): number {
    return this.#stream.columns || Infinity
  }

  /** Colours and live blocks are for terminals only; NO_COLOR and FORCE_COLOR are heeded. */
  get coloured(): boolean {
    const { env } = process
    if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false
    if (env['FORCE_COLOR'] !== undefined) return env['FORCE_COLOR'] !== '0'
    return this.#stream.isTTY === true && env['TERM'] !== 'dumb'
  }

  lines(lines: readonly string[]): void {
    if (lines.length === 0) return
    const text = lines.join('\n')
    if (this.#toStderr) this.#vitest.logger.error(text)
    else this.#vitest.logger.log(text)
  }

  /**
   * Shows these lines at the foot of the terminal until `undefined` is given.
   * False when there is no such place: no terminal, one of unknown size, or a reporter without a window.
   */
  live(block: Block | undefined): boolean {
    this.#block = block
    if (block === undefined || this.#hooked) return this.#hooked
    const options = this.#window()
    const original = options?.getWindow
    if (options === undefined || original === undefined) return false
    options.getWindow = () => {
      const theirs = original()
      const block = this.#block?.(this.#rowsBeside(theirs)) ?? []
      // The window must end in an empty line: Vitest clears it from there, and keeps the cursor's column.
      return block.length === 0 ? theirs : [...theirs, ...block, '']
    }
    this.#hooked = true
    return true
  }

  /** Rows that Vitest's own lines leave free. Lines that scroll out of the terminal cannot be redrawn, and would stay. */
  #rowsBeside(theirs: readonly string[]): number {
    const rowsOf = (line: string): number => Math.ceil(stripVTControlCharacters(line).length / this.columns)
    const taken = theirs.reduce((sum, line) => sum + Math.max(1, rowsOf(line)), 0)
    return Math.max(0, (this.#stream.rows || Infinity) - taken - 1)
  }

  #window(): { getWindow?: () => string[] } | undefined {
    if (this.#stream.isTTY !== true || this.columns === Infinity) return undefined
    for (const reporter of (this.#vitest as unknown as { reporters: readonly SummaryReporter[] }).reporters) {
      const options = reporter.summary?.renderer?.options
      if (typeof options?.getWindow === 'function') return options
    }
    return undefined
  }
}

function stdoutIsTaken(vitest: Vitest): boolean {
  const { reporters, outputFile } = vitest.config
  return reporters.some((entry) => {
    const [name, options]: unknown[] = Array.isArray(entry) ? entry : [entry]
    if (typeof name !== 'string' || !MACHINE_REPORTERS.has(name)) return false
    const file =
      (options as { readonly outputFile?: unknown } | undefined)?.outputFile ??
      (typeof outputFile === 'string' ? outputFile : (outputFile as Record<string, string> | undefined)?.[name])
    return file === undefined
  })
}
