// Reads from the command line what decides which load is sent (`-t`, lines, `--root` …), so that the command that runs a
// scenario again repeats it. What only changes how results are shown is left out.
import type { Vitest } from 'vitest/node'

export interface Typed {
  /** Options that come after the file, not quoted. */
  readonly options: readonly string[]
  /** `file:line`, instead of the file. */
  readonly lines: readonly string[]
}

export const NOTHING_TYPED: Typed = { options: [], lines: [] }

/** `-t` is not among them: in watch mode it changes. */
const DECISIVE: Readonly<Record<string, string>> = {
  '-r': '--root',
  '--root': '--root',
  '-c': '--config',
  '--config': '--config',
  '--project': '--project',
  '--mode': '--mode',
  '--dir': '--dir',
}

/** @param words of the command line, after the program's name */
export function typedIn(words: readonly string[], vitest: Pick<Vitest, 'getGlobalTestNamePattern'>): Typed {
  const pattern = vitest.getGlobalTestNamePattern()?.source
  return {
    options: [...decisive(words), ...(pattern === undefined ? [] : ['-t', pattern])],
    lines: words.filter((word) => /^[^-].*:\d+$/.test(word)),
  }
}

function decisive(words: readonly string[]): string[] {
  return words.flatMap((word, at) => {
    const [, key = '', value = words[at + 1]] = /^(--?[a-z]+)(?:=(.*))?$/s.exec(word) ?? []
    const name = DECISIVE[key]
    return name === undefined || value === undefined ? [] : [`${name}=${value}`]
  })
}

/** The words that name a scenario on the command line. @param file as the command would name it */
export function filesIn({ lines }: Typed, file: string): readonly string[] {
  const own = lines.filter((word) => {
    const path = word.replace(/:\d+$/, '').replace(/^\.\//, '')
    return file.includes(path) || path.endsWith(`/${file}`)
  })
  return own.length === 0 ? [file] : own
}
