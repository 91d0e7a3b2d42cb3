// What a run leaves behind as it goes, line by line beside its checkpoints, so that one that was killed leaves a
// trace: which cycles have begun, each time that it went on, and the process that it runs in.
import * as nodeFs from 'node:fs'
import { join } from 'node:path'
import type { Resume } from './record.ts'

/** A process, as others can look for it. */
export interface Runner {
  readonly host: string
  readonly pid: number
  /** When it began, in whatever unit the system has; absent where nobody can tell. */
  readonly since?: string
}

interface Note {
  readonly by?: Runner
  readonly cycle?: number
  readonly resumedAfter?: number
  readonly at?: string
  readonly ended?: true
}

/** The part of node:fs that is used. */
export type BegunDisk = Pick<typeof nodeFs, 'mkdirSync' | 'appendFileSync' | 'readFileSync'>

const FILE = 'begun.jsonl'
const OWNER_ONLY = 0o600

export class Begun {
  readonly #folder: string
  readonly #disk: BegunDisk
  /** Until it is noted. */
  #by: Runner | undefined
  /** What the disk did not take: this run knows it all the same. */
  readonly #unwritten: Note[] = []
  #hasBegun = false

  /** @param folder touched only when something is noted */
  constructor(folder: string, disk: BegunDisk, by?: Runner) {
    this.#folder = folder
    this.#disk = disk
    this.#by = by
  }

  /** Before the first request of a cycle. */
  cycle(cycle: number): void {
    this.#note({ cycle })
  }

  /** Before the run goes on. @param at UTC, ISO 8601 */
  resumed(afterCycle: number, at: string): void {
    this.#note({ resumedAfter: afterCycle, at })
  }

  /** Its process is done with it. */
  ended(): void {
    if (this.#hasBegun) this.#note({ ended: true })
  }

  #note(note: Note): void {
    this.#hasBegun = true
    const notes = this.#by === undefined ? [note] : [{ by: this.#by }, note]
    this.#by = undefined
    const text = notes.map((one) => `${JSON.stringify(one)}\n`).join('')
    try {
      this.#disk.mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
      // On a line of its own, also after one that was cut off.
      const before = note.resumedAfter === undefined ? '' : '\n'
      this.#disk.appendFileSync(join(this.#folder, FILE), before + text, { mode: OWNER_ONLY })
    } catch {
      this.#unwritten.push(...notes)
    }
  }

  /** Each time that the run went on, and which cycles that had begun before began again then. */
  resumes(): Resume[] {
    return resumesIn([...readNotes(this.#folder, this.#disk), ...this.#unwritten])
  }
}

/** The process that was the last to run what is kept in a folder; undefined when it said that it had ended, or nothing. */
export function runnerIn(folder: string, disk: Pick<BegunDisk, 'readFileSync'> = nodeFs): Runner | undefined {
  const notes = readNotes(folder, disk)
  const last = notes.findLast(({ by, ended }) => by !== undefined || ended === true)
  return last?.by
}

/** A line that was cut off was not the last word on anything. */
function readNotes(folder: string, disk: Pick<BegunDisk, 'readFileSync'>): Note[] {
  try {
    const lines = disk.readFileSync(join(folder, FILE), 'utf8').split('\n')
    return lines.flatMap((line) => {
      try {
        return line === '' ? [] : [JSON.parse(line) as Note]
      } catch {
        return []
      }
    })
  } catch {
    return []
  }
}

function resumesIn(notes: readonly Note[]): Resume[] {
  const before = new Set<number>()
  const resumes: (Resume & { readonly sentAgain: number[] })[] = []
  let hasTrace = false
  for (const { cycle, resumedAfter: afterCycle, at = '', ended = false } of notes) {
    if (afterCycle !== undefined)
      resumes.push({ at, afterCycle, sentAgain: [], ...(!hasTrace && { hasNoTrace: true }) })
    hasTrace ||= ended || (cycle ?? afterCycle) !== undefined
    if (cycle === undefined) continue
    if (before.has(cycle)) resumes.at(-1)?.sentAgain.push(cycle)
    before.add(cycle)
  }
  return resumes
}
