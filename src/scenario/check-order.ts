// Whether a name has a value when a step uses it: goes through a list of steps in the order in which they
// run, and keeps what has been set so far. Whether a name exists at all is names.ts.
import { actionOf } from '../actions/index.ts'
import { allSteps } from '../actions/nested.ts'
import type { PlacedUse } from './check-names.ts'
import { definedBy } from './names.ts'
import { isMapping } from './reader.ts'
import type { ReadStep } from './reader.ts'
import type { Finding } from './source.ts'

/** Set in some runs of the flow only. */
interface Perhaps {
  /** `only if cycle > 1`. */
  readonly when: string
  /** The conditions under which it is set: a step with one of them may use it. */
  readonly conditions: readonly string[]
}

/** What has been set when a step begins; a name that is not here has not. */
export type Known = ReadonlyMap<string, 'set' | Perhaps>

const NOTHING: Known = new Map()

export class OrderCheck {
  readonly findings: Finding[] = []
  /** What is set when setup has run. */
  setup: Known = NOTHING
  readonly #uses: ReadonlyMap<ReadStep, readonly PlacedUse[]>

  constructor(uses: ReadonlyMap<ReadStep, readonly PlacedUse[]>) {
    this.#uses = uses
  }

  /** @returns what is set when all steps have run */
  list(steps: readonly ReadStep[], before: Known = NOTHING): Known {
    return this.#list(steps, before, { steps, conditions: [] })
  }

  #list(steps: readonly ReadStep[], before: Known, around: Around): Known {
    let known = before
    for (const read of steps) known = this.#step(read, known, around)
    return known
  }

  #step(read: ReadStep, before: Known, { steps, conditions }: Around): Known {
    const { condition } = read.step
    const isGuarded = typeof condition === 'string' && actionOf(read.step.type).ownsCondition !== true
    const around = { steps, conditions: isGuarded ? [...conditions, condition] : conditions }
    for (const use of this.#uses.get(read) ?? []) this.#use(use, read, before, around)
    const after = new Map(this.#inside(read, before, around))
    for (const name of ownNames(read)) after.set(name, 'set')
    if (!isGuarded) return after
    return either([after, before], `if ${condition}`, [condition])
  }

  /** Through the lists of steps inside a step. */
  #inside(read: ReadStep, before: Known, around: Around): Known {
    const { step, nested } = read
    if (nested === undefined) return before
    const own = new Map(before)
    for (const name of ownNames(read)) own.set(name, 'set')
    if (step.type === 'branch') {
      const ways = ['if_true', 'if_false'].map((key) => this.#list(nested[key] ?? [], own, around))
      return either(ways, `on one way of "${step.name}"`, [step.condition])
    }
    const bodies = Object.values(nested)
    const earlier = new Map(own)
    for (const name of definedBy(bodies.flat()))
      if (!own.has(name)) earlier.set(name, { when: `in an earlier round of "${step.name}"`, conditions: [] })
    const ends = bodies.map((body) => this.#list(body, earlier, around))
    const isSure = step.type === 'repeat' && typeof step.times === 'number' && step.times > 0
    return either(isSure ? ends : [...ends, own], `in "${step.name}"`, [])
  }

  #use({ path: [root, key], hasDefault, at, offset }: PlacedUse, read: ReadStep, known: Known, around: Around): void {
    const isOfSetup = root === 'setup' && typeof key === 'string'
    const name = isOfSetup ? `setup.${key}` : root
    const value = isOfSetup ? this.setup.get(key) : known.get(root)
    if (hasDefault || value === 'set' || asksWhether(read, at)) return
    if (value === undefined) {
      const setters = allSteps(around.steps).filter((one) => ownNames(one).includes(name))
      const [first] = setters
      if (first === undefined) return
      const who = setters.includes(read) ? 'This step itself sets it, from its answer' : `"${first.step.name}" sets it`
      const message = `"${name}" has no value here: it is used before anything sets it.`
      const hint = `${who}. Change the order, or give a default: {{${name} | default: …}}`
      this.findings.push({ code: 'used-before-set', path: at, offset, message, hint })
    } else if (!value.conditions.some((condition) => around.conditions.includes(condition))) {
      const message = `"${name}" may have no value here: it is set only ${value.when}.`
      const hint = `Give a default: {{${name} | default: …}}`
      this.findings.push({ code: 'maybe-unset', severity: 'warning', path: at, offset, message, hint })
    }
  }
}

interface Around {
  /** The whole list. */
  readonly steps: readonly ReadStep[]
  /** Of the steps around. */
  readonly conditions: readonly string[]
}

/** After one of several ways: what only some of them set is set perhaps. */
export function either(ways: readonly Known[], when: string, conditions: readonly string[]): Known {
  const all = new Map<string, 'set' | Perhaps>()
  for (const name of new Set(ways.flatMap((way) => [...way.keys()]))) {
    const values = ways.map((way) => way.get(name))
    const perhaps = values.find((value) => typeof value === 'object')
    if (values.every((value) => value === 'set')) all.set(name, 'set')
    // Set under one condition, and again under another: probably in each case by one of them.
    else if (values.every((value) => value !== undefined) && values.includes('set')) all.set(name, 'set')
    else all.set(name, perhaps ?? { when, conditions })
  }
  return all
}

function ownNames({ step, isRight }: ReadStep): readonly string[] {
  try {
    return actionOf(step.type).defines(step)
  } catch (error) {
    // As it was written, anything may stand where the names should be.
    if (isRight) throw error
    return []
  }
}

/** `{ context_path: coupon, exists: false }` is right when there is none. */
function asksWhether({ step, at }: ReadStep, path: readonly (string | number)[]): boolean {
  if (path.at(-1) !== 'context_path') return false
  let value: unknown = step
  for (const key of path.slice(at.length, -1)) value = isMapping(value) ? value[String(key)] : undefined
  return isMapping(value) && 'exists' in value
}
