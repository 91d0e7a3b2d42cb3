// The log beside a run's checkpoints (`begun.jsonl`), which outlives a kill: a line for the process that runs it, for each
// cycle before its first request, for each resumption, and for an orderly end. From it is known what was sent twice.
import * as nodeFs from 'node:fs'
import { join } from 'node:path'
import type { Resume } from './record.ts'

/** Identifies a process, so that another one can see whether it still runs. */
export interface Runner {
  readonly host: string
  readonly pid: number
  /** When it began, as the system has it; absent where that is not known. Tells apart processes with the same pid. */
  readonly since?: string
}

/** One line of the log. */
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
  /** The process, until it has been written. */
  #by: Runner | undefined
  /** Lines that could not be written, so that this run still reports them. */
  readonly #unwritten: Note[] = []
  #hasBegun = false

  /** @param folder touched only when something is noted */
  constructor(folder: string, disk: BegunDisk, by?: Runner) {
    this.#folder = folder
    this.#disk = disk
    this.#by = by
  }

  /** To be called before the first request of a cycle. */
  cycle(cycle: number): void {
    this.#note({ cycle })
  }

  /** To be called before a resumed run sends anything. @param at UTC, ISO 8601 */
  resumed(afterCycle: number, at: string): void {
    this.#note({ resumedAfter: afterCycle, at })
  }

  /** Its process has ended the run: another one may resume it. */
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
      // The killed process may have left half a line.
      const before = note.resumedAfter === undefined ? '' : '\n'
      this.#disk.appendFileSync(join(this.#folder, FILE), before + text, { mode: OWNER_ONLY })
    } catch {
      this.#unwritten.push(...notes)
    }
  }

  /** Each resumption, with the cycles that had begun before and were begun again by it. */
  resumes(): Resume[] {
    return resumesIn([...readNotes(this.#folder, this.#disk), ...this.#unwritten])
  }
}

/** The process that last ran the run of a checkpoint folder; undefined when it ended the run in order, or is not known. */
export function runnerIn(folder: string, disk: Pick<BegunDisk, 'readFileSync'> = nodeFs): Runner | undefined {
  const notes = readNotes(folder, disk)
  const last = notes.findLast(({ by, ended }) => by !== undefined || ended === true)
  return last?.by
}

/** A line that a kill has cut off is skipped: what it was about had not begun. */
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
