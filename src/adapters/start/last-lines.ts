// The last lines a process wrote, stdout and stderr in the order they came: what is shown when it fails.
// However much it writes, only so much is kept.
import type { Readable } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'

const MOST_LINES = 50
/** A longer line is cut. */
const LONGEST = 2000

export class LastLines {
  readonly #lines: string[] = []
  /** What each stream wrote after its last line break. */
  readonly #begun = new Map<Readable, string>()

  follow(stream: Readable): void {
    stream.setEncoding('utf8')
    stream.on('data', (chunk: string) => {
      const lines = ((this.#begun.get(stream) ?? '') + chunk).split(/\r?\n/)
      this.#begun.set(stream, (lines.pop() ?? '').slice(0, LONGEST))
      for (const line of lines.slice(-MOST_LINES)) this.#keep(line)
    })
    // The process is gone; how it went is told by its end, not by its pipes.
    stream.on('error', () => undefined)
  }

  /** Without colours and empty lines. */
  lines(): readonly string[] {
    return [...this.#lines, ...this.#begun.values()]
      .map((line) => stripVTControlCharacters(line).trimEnd())
      .filter((line) => line !== '')
      .slice(-MOST_LINES)
  }

  #keep(line: string): void {
    this.#lines.push(line.slice(0, LONGEST))
    if (this.#lines.length > MOST_LINES) this.#lines.shift()
  }
}
