// A file that grows by lines while a run goes on: they are gathered and written in batches, one at a time,
// and what waits is bounded. A disk that does not keep up, or fails, costs lines, never the run.
import { appendFile } from 'node:fs/promises'
import { reasonOf } from './replace-file.ts'

/** The part of node:fs/promises that is used. */
export interface LineDisk {
  appendFile(path: string, text: string): Promise<void>
}

/** So much is gathered before it is written; opening the file for every 64 KB took 2 % of a core under full load. */
const BATCH_CHARACTERS = 256 * 1024
const LOOSE_LINES = 64
/** So much may wait for a disk. */
const MOST_WAITING_CHARACTERS = 16 * 1024 * 1024
/** A file of more helps nobody. */
const MOST_CHARACTERS = 1024 * 1024 * 1024

export class LineFile {
  readonly #path: string
  readonly #disk: LineDisk
  /** Texts of many lines each, ready to be written. */
  #waiting: string[] = []
  #waitingLines = 0
  /** Lines that have not been joined to a text yet. */
  #loose: string[] = []
  #waitingCharacters = 0
  #characters = 0
  #bytes: number
  #lost = 0
  #reason: string | undefined
  #writing: Promise<void> | undefined

  /** @param bytes that it already has */
  constructor(path: string, disk: LineDisk = { appendFile }, bytes = 0) {
    this.#path = path
    this.#disk = disk
    this.#bytes = bytes
  }

  /** How long the file is once everything that was added is in it. */
  get bytes(): number {
    this.#gather()
    return this.#bytes
  }

  /** What is not in it, and why. */
  get lost(): { readonly lines: number; readonly reason: string } | undefined {
    return this.#reason === undefined ? undefined : { lines: this.#lost, reason: this.#reason }
  }

  /** @param line without its end */
  add(line: string): void {
    const length = line.length + 1
    if (this.#characters + length > MOST_CHARACTERS) return this.#lose('the file has 1 GB')
    if (this.#waitingCharacters + length > MOST_WAITING_CHARACTERS) return this.#lose('the disk was too slow')
    if (this.#loose.push(line) === LOOSE_LINES) this.#gather()
    this.#waitingCharacters += length
    this.#characters += length
    if (this.#waitingCharacters >= BATCH_CHARACTERS) this.flush()
  }

  /** Begins to write what waits. */
  flush(): void {
    if (this.#writing !== undefined) return
    this.#gather()
    const [lines, text] = [this.#waitingLines, this.#waiting.join('')]
    if (lines === 0) return
    this.#waiting = []
    this.#waitingLines = this.#waitingCharacters = 0
    this.#writing = this.#disk
      .appendFile(this.#path, text)
      .catch((error: unknown) => {
        // A disk that is full, or gone, is not asked again and again.
        this.#characters = Infinity
        this.#lose(reasonOf(error), lines)
      })
      .then(() => {
        this.#writing = undefined
        if (this.#waitingCharacters >= BATCH_CHARACTERS) this.flush()
      })
  }

  /** Resolves when all that can be written is. */
  async drained(): Promise<void> {
    while (this.#writing !== undefined || this.#waitingCharacters > 0) {
      this.flush()
      await this.#writing
    }
  }

  /**
   * V8 keeps a concatenated line as a tree of its parts until it is read. Read soon, the tree is gone before the
   * garbage collector sees it; read together, that costs less than one by one.
   */
  #gather(): void {
    if (this.#loose.length === 0) return
    const text = `${this.#loose.join('\n')}\n`
    this.#waiting.push(text)
    this.#waitingLines += this.#loose.length
    this.#bytes += Buffer.byteLength(text)
    this.#loose = []
  }

  /** The first reason stays. */
  #lose(reason: string, lines = 1): void {
    this.#reason ??= reason
    this.#lost += lines
  }
}
