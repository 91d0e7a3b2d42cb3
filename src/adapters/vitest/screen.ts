// Where the reporter writes: whole lines beside Vitest's own, and on a terminal a live block inside the
// window that Vitest repaints. When another reporter owns stdout (json, tap …), everything goes to stderr.
import type { Vitest } from 'vitest/node'

/** Reporters whose output is for programs. */
const MACHINE_REPORTERS = new Set(['json', 'junit', 'tap', 'tap-flat'])

/** The part of Vitest's summary reporter that can be asked for its window; private, so looked for by its shape. */
interface SummaryReporter {
  summary?: { renderer?: { options?: { getWindow?: () => string[] } } }
}

export class Screen {
  readonly #vitest: Vitest
  readonly #toStderr: boolean
  #block: (() => readonly string[]) | undefined
  #hooked = false

  constructor(vitest: Vitest) {
    this.#vitest = vitest
    this.#toStderr = stdoutIsTaken(vitest)
  }

  get stream(): NodeJS.WriteStream {
    return this.#toStderr ? process.stderr : process.stdout
  }

  /** Only a terminal has an edge at which lines must end. */
  get columns(): number {
    return this.stream.columns ?? Infinity
  }

  /** Colours and live blocks are for terminals only; NO_COLOR and FORCE_COLOR are heeded. */
  get coloured(): boolean {
    const { env } = process
    if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false
    if (env['FORCE_COLOR'] !== undefined) return env['FORCE_COLOR'] !== '0'
    return this.stream.isTTY === true && env['TERM'] !== 'dumb'
  }

  lines(lines: readonly string[]): void {
    if (lines.length === 0) return
    const text = lines.join('\n')
    if (this.#toStderr) this.#vitest.logger.error(text)
    else this.#vitest.logger.log(text)
  }

  /**
   * Shows these lines at the foot of the terminal until `undefined` is given.
   * False when there is no such place: no terminal, or a reporter without a window.
   */
  live(block: (() => readonly string[]) | undefined): boolean {
    this.#block = block
    if (block === undefined || this.#hooked) return this.#hooked
    const options = this.#window()
    const original = options?.getWindow
    if (options === undefined || original === undefined) return false
    options.getWindow = () => {
      const block = this.#block?.() ?? []
      // The window must end in an empty line: Vitest clears it from there, and keeps the cursor's column.
      return block.length === 0 ? original() : [...original(), ...block, '']
    }
    this.#hooked = true
    return true
  }

  #window(): { getWindow?: () => string[] } | undefined {
    if (this.stream.isTTY !== true) return undefined
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
