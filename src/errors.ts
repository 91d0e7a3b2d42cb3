// What can go wrong because of the user's file or surroundings, as values (`Problem`) and as the
// one error class that is thrown on purpose. What the system under test does wrong is a Sample.

/** A position in a file; line and column count from 1. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** `error`: it does not run; `warning`: it runs, but hardly as meant; `hint`: it could be said better. */
export type Severity = 'error' | 'warning' | 'hint'

/** One mistake in a scenario or SUT file, found before the first request. */
export interface Problem {
  /** Stable and greppable, e.g. `unknown-key`. */
  readonly code: string
  readonly severity: Severity
  /** Where in the file's structure, e.g. `flows.buy[2].method`; empty for the whole file. */
  readonly path: string
  readonly place: Place
  /** One line that names the thing and the value. */
  readonly message: string
  /** The way out: the nearest known name, the list of the known ones, the form that works. */
  readonly hint?: string
}

/** Thrown on purpose: carries a stable code, and where there is one, a place and a way out. */
export class TurbulenceError extends Error {
  readonly code: string
  readonly hint: string | undefined
  readonly place: Place | undefined

  constructor(code: string, message: string, more: { hint?: string; place?: Place; cause?: unknown } = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause })
    this.name = 'TurbulenceError'
    this.code = code
    this.hint = more.hint
    this.place = more.place
  }
}

/** One line for an error that nobody meant to throw. */
export function internalError(error: unknown): string {
  return `internal error: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`
}

/** The known name nearest to `wrong` by edit distance, if it is near enough to be meant. */
export function nearest(wrong: string, known: Iterable<string>): string | undefined {
  let best: string | undefined
  let bestDistance = Math.max(1, Math.floor(wrong.length / 3)) + 1
  for (const name of known) {
    const distance = editDistance(wrong.toLowerCase(), name.toLowerCase(), bestDistance)
    if (distance < bestDistance) [best, bestDistance] = [name, distance]
  }
  return best
}

/** `Did you mean "x"? Known: a, b, c.` for an unknown name. */
export function didYouMean(wrong: string, known: readonly string[], what = 'Known'): string {
  const near = nearest(wrong, known)
  const list =
    known.length === 0
      ? `There are none.`
      : `${what}: ${known.slice(0, 24).join(', ')}${known.length > 24 ? ', …' : ''}.`
  return near === undefined ? list : `Did you mean "${near}"? ${list}`
}

/** Optimal string alignment distance (swapped neighbours count 1), cut off at `most`. */
function editDistance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) >= most || a.length > 64 || b.length > 64) return most
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, change)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1)
      row.push(cost)
    }
    before = last
    last = row
  }
  return last[b.length] ?? most
}
