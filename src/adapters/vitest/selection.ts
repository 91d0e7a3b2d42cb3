// What filters (`-t`, a line, one test clicked on) leave of a scenario's tests, read from Vitest's own
// tasks: which cells run, and whether a run threshold is among them.
import type { RunnerTask, RunnerTestFile, RunnerTestSuite } from 'vitest'
import type { Remainder } from '../../report/index.ts'
import { expectedOfCells } from '../../run.ts'
import type { CellsOfCycle, Scenario } from '../../run.ts'
import { placedError } from './placed-error.ts'

/** A `describe`, as a hook gets it. */
type Suite = Readonly<RunnerTestSuite | RunnerTestFile>

export interface Selection {
  /** A run threshold is selected: every cycle and group runs, whatever else is filtered out. */
  readonly all: boolean
  /** Cycles with a selected cell. */
  readonly cycles: readonly CellsOfCycle[]
  /** Whether a cell was left out. */
  readonly isPart: boolean
}

/** @param suite the scenario's `describe` */
export function selectionOf(suite: Suite): Selection {
  const suites = suite.tasks.filter((task) => task.type === 'suite')
  const all = suites.some((task) => task.name === 'thresholds' && task.tasks.some(isSelected))
  const cycles = suites.filter((task) => task.name.startsWith('cycle '))
  const selected = cycles.map((task) => ({
    cycle: Number(task.name.slice('cycle '.length)),
    groups: selectedNames(task),
  }))
  return {
    all,
    cycles: selected.filter(({ groups }) => groups.length > 0),
    isPart: !all && cycles.some(({ tasks }) => !tasks.every(isSelected)),
  }
}

/** For the lines before traffic: what is left to run. Undefined when that is all. @param after the last cycle of the checkpoint */
export function remainderOf(
  { isPart, cycles: selected }: Selection,
  scenario: Scenario | undefined,
  { seed, after = 0 }: { readonly seed: number; readonly after?: number | undefined },
): Remainder | undefined {
  if (scenario === undefined || (!isPart && after === 0)) return undefined
  const cycles = isPart ? selected : cyclesAfter(after, scenario)
  return { cycles, ...expectedOfCells(scenario, seed, cycles) }
}

function cyclesAfter(after: number, { simulation, groups }: Scenario): CellsOfCycle[] {
  const names = groups.map(({ name }) => name)
  const left = Math.max(0, simulation.cycles - after)
  return Array.from({ length: left }, (_, at) => ({ cycle: after + at + 1, groups: names }))
}

export function selectedNames(suite: Suite): readonly string[] {
  return suite.tasks.filter(isSelected).map((task) => task.name)
}

function isSelected(task: RunnerTask): boolean {
  return task.mode === 'run' || task.mode === 'queued'
}

/** Cells that filters leave out could not be reported, and verdicts be given on none of it. */
export function partOfResume(file: string): Error {
  const message =
    'A run that goes on after a checkpoint runs as a whole: -t and line filters cannot leave a part of it out.\n' +
    'Run it without the filter, or without resume.'
  return placedError({ name: 'ResumeError', message, place: { file, line: 1, column: 1 } })
}
