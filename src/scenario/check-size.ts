// Whether what a file asks for can be planned at all: each cell is a test, each step of each group has
// counts of its own, each agent its memory. How large the text itself may be is yaml-size.ts.
import { allSteps } from '../actions/nested.ts'
import { formatCount, plural } from '../units.ts'
import type { DataPath } from './diagnostic.ts'
import type { Population } from './population.ts'
import type { Mapping, ReadStep } from './reader.ts'
import type { Source } from './source.ts'

const MOST_CELLS = 100_000
const MOST_AGENTS = 1_000_000
const MOST_SLOTS = 20_000
const MOST_THRESHOLDS = 1_000

export interface Asked {
  readonly file: Mapping
  readonly population: Population
  readonly assertions: readonly ReadStep[]
  readonly cycles: number
}

/** Says what there is too much of. */
export function checkSize({ file, population, assertions, cycles }: Asked, source: Source): void {
  const { groups, flows } = population
  const refuse = (isWrong: boolean, path: DataPath, message: string, hint: string): void => {
    if (isWrong) source.add({ code: 'too-large', path, atKey: true, message, hint })
  }
  const most = (what: string, count: number): string => `At most ${plural(count, what)}.`
  const cells = groups.length * cycles
  const agents = groups.reduce((sum, { count }) => sum + count, 0)
  const sizes = new Map([...flows].map(([name, steps]) => [name, allSteps(steps).length]))
  const after = allSteps(assertions).length
  const slots = groups.reduce((sum, { flow }) => sum + (sizes.get(flow ?? '') ?? 0) + after, 0)
  const thresholds = groups.reduce((sum, group) => sum + lengthOf(group.thresholds), lengthOf(file['thresholds']))
  const sizesOf = `${plural(cycles, 'cycle')} × ${plural(groups.length, 'group')}`
  refuse(
    cells > MOST_CELLS,
    ['simulation', 'cycles'],
    `${sizesOf} are ${formatCount(cells)} tests.`,
    most('test', MOST_CELLS),
  )
  refuse(agents > MOST_AGENTS, ['agents'], `There are ${formatCount(agents)} agents.`, most('agent', MOST_AGENTS))
  refuse(
    slots > MOST_SLOTS,
    ['agents'],
    `The steps of all groups are ${formatCount(slots)}.`,
    `${most('step', MOST_SLOTS)} A flow counts once for each group that goes through it.`,
  )
  refuse(
    thresholds > MOST_THRESHOLDS,
    ['thresholds'],
    `There are ${formatCount(thresholds)} thresholds.`,
    most('threshold', MOST_THRESHOLDS),
  )
}

const lengthOf = (value: unknown): number => (Array.isArray(value) ? value.length : 0)
