// The JUnit files on disk: one, or several when there are more results than CI tools take in one.
// What is in them is junit-modules.ts. A disk that fails is a sentence, never an exception.
import * as nodeFs from 'node:fs'
import { basename, dirname, join, parse } from 'node:path'
import { junitParts, junitXml } from '../../report/index.ts'
import type { JunitDialect, JunitReport } from '../../report/index.ts'
import type { Disk } from '../../store/replace-file.ts'
import { makeFolder, reasonOf, replaceFile } from '../../store/replace-file.ts'
import { formatCount } from '../../units.ts'

export type JunitDisk = Disk & Pick<typeof nodeFs, 'readdirSync' | 'readFileSync'>

export interface JunitFilesOptions {
  /** Absolute path of the first file. */
  readonly file: string
  readonly dialect: JunitDialect
  /** How a path is shown to people. */
  readonly shown: (path: string) => string
  /** Cases in one file. */
  readonly most?: number
  readonly disk?: JunitDisk
}

export interface Written {
  readonly files: readonly string[]
  /** What is not kept, and why. */
  readonly problem: string | undefined
}

const REPORT_NAME = 'vitest-turbulence'

export class JunitFiles {
  readonly #options: JunitFilesOptions
  readonly #disk: JunitDisk
  /** Why a file of an earlier run is still there. */
  #stale: string | undefined

  constructor(options: JunitFilesOptions) {
    this.#options = options
    this.#disk = options.disk ?? nodeFs
  }

  /** Removes the files of earlier runs: they must never be taken for this one's. */
  begin(): void {
    this.#stale = undefined
    for (const path of this.#leftBehind()) {
      try {
        this.#disk.rmSync(path, { force: true })
      } catch (error) {
        this.#stale ??= `${this.#options.shown(path)} of an earlier run could not be removed, ${reasonOf(error)}`
      }
    }
  }

  /** What is wrong although nothing was to be written. */
  get stale(): string | undefined {
    return this.#stale
  }

  write(report: Omit<JunitReport, 'name'>): Written {
    const { file, dialect, shown, most, disk } = this.#options
    const parts = junitParts({ ...report, name: REPORT_NAME }, most)
    const files = parts.map((_, i) => numbered(file, i + 1))
    const noFolder = makeFolder(dirname(file), disk)
    let kept = 0
    for (const [i, part] of parts.entries()) {
      const path = files[i] ?? file
      const reason = noFolder ?? replaceFile(path, junitXml(part, dialect), disk)
      if (reason !== undefined)
        return { files: files.slice(0, i), problem: `${shown(path)} could not be written, ${reason}: ${lost(kept)}` }
      kept += part.suites.reduce((sum, { cases }) => sum + cases.length, 0)
    }
    return { files, problem: this.#stale }
  }

  /** The first file, whoever wrote it; of those with a number only what we wrote. */
  #leftBehind(): string[] {
    const { file } = this.#options
    const { dir, name, ext } = parse(file)
    const isNumbered = (entry: string): boolean =>
      entry.startsWith(`${name}-`) &&
      entry.endsWith(ext) &&
      /^([2-9]|[1-9]\d+)$/.test(entry.slice(name.length + 1, entry.length - ext.length))
    let entries: string[]
    try {
      entries = this.#disk.readdirSync(dir)
    } catch {
      return []
    }
    const others = entries.filter(isNumbered).map((entry) => join(dir, entry))
    return [...(entries.includes(basename(file)) ? [file] : []), ...others.filter((path) => this.#isOurs(path))]
  }

  #isOurs(path: string): boolean {
    try {
      return this.#disk.readFileSync(path, 'utf8').slice(0, 200).includes(`<testsuites name="${REPORT_NAME}"`)
    } catch {
      return false
    }
  }
}

/** `TEST-a.xml`, `TEST-a-2.xml`, `TEST-a-3.xml` … */
function numbered(file: string, number: number): string {
  const { dir, name, ext } = parse(file)
  return number === 1 ? file : join(dir, `${name}-${number}${ext}`)
}

function lost(kept: number): string {
  if (kept === 0) return 'the results are not kept'
  return `only the first ${formatCount(kept)} results are kept`
}
