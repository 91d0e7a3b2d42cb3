// One JUnit report as several, none with more cases than CI tools take in one file. A suite may go
// over the edge: its parts have the same name, so that tools put them together again.
import { caseName, className, uniqueNames } from './junit-text.ts'
import type { JunitReport, JunitSuite } from './junit.ts'

/** Buildkite refuses a file with more. */
const MOST_CASES = 5000

/** At least one part; the cases in their order. Names are made unique over all parts. */
export function junitParts(report: JunitReport, most: number = MOST_CASES): JunitReport[] {
  const parts: JunitSuite[][] = [[]]
  let room = most
  const next = (): void => {
    parts.push([])
    room = most
  }
  for (const suite of report.suites) {
    const named = withUniqueNames(suite)
    let at = 0
    do {
      if (room === 0) next()
      const cases = named.cases.slice(at, at + room)
      // Tools add up what the parts of a suite took.
      parts.at(-1)?.push({ ...named, cases, durationMs: at === 0 ? named.durationMs : 0 })
      at += cases.length
      room -= cases.length
    } while (at < named.cases.length)
  }
  return parts.map((suites, i) => ({ ...report, suites, durationMs: i === 0 ? report.durationMs : 0 }))
}

function withUniqueNames(suite: JunitSuite): JunitSuite {
  const unique = uniqueNames()
  const cases = suite.cases.map((one) => ({ ...one, name: unique(className(one.classname), caseName(one.name)) }))
  return { ...suite, cases }
}
