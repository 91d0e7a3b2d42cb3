// Whether a name has a value when a step uses it: goes through a list of steps in the order in which they
// run, and keeps what has been set so far. Whether a name exists at all is names.ts.
import { actionOf, sendsRequests } from '../actions/index.ts'
import { OPERATORS } from '../actions/operators.ts'
import { allSteps } from '../actions/nested.ts'
import type { PlacedUse } from './check-names.ts'
import { ANSWER_NAMES } from './condition.ts'
import { partsOf } from './condition-facts.ts'
import { definedBy, namesOf } from './names.ts'
import { isMapping } from './reader.ts'
import type { ReadStep } from './reader.ts'
import type { Finding } from './source.ts'

/** Set in some runs of the flow only. */
interface Perhaps {
  /** `only if cycle > 1`. */
  readonly when: string
  /** Parts of conditions under which it is set: a step for which all of one list hold may use it. */
  readonly under: readonly (readonly string[])[]
}

/** What has been set when a step begins; a name that is not here has not. */
export type Known = ReadonlyMap<string, 'set' | Perhaps>

const NOTHING: Known = new Map()

/** What the last answer is kept under: its name is no name of a variable. */
const ANSWER = 'last_response'
const OF_ANSWER: ReadonlySet<string> = new Set([ANSWER, ...ANSWER_NAMES])
/** Keys of `expect` that are not about an answer. */
const OF_NAMES: ReadonlySet<string> = new Set(['context_path', 'expression'])

/** For lists of steps that run after others of the same agent: there may be an answer. */
export const ANSWERED: Known = new Map([[ANSWER, 'set']])

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
    return this.#list(steps, before, { steps, holds: [] })
  }

  #list(steps: readonly ReadStep[], before: Known, around: Around): Known {
    let known = before
    for (const read of steps) known = this.#step(read, known, around)
    return known
  }

  #step(read: ReadStep, before: Known, { steps, holds }: Around): Known {
    const { step } = read
    const { condition } = step
    const isGuarded = typeof condition === 'string' && actionOf(step.type).ownsCondition !== true
    const parts = isGuarded ? partsOf(condition) : []
    const around = { steps, holds: [...holds, ...parts] }
    for (const use of this.#uses.get(read) ?? []) this.#use(use, read, before, around)
    if (step.type === 'assert' && looksAtAnswer(read) && !before.has(ANSWER))
      this.#noAnswer(read, [...read.at, 'expect'])
    const after = new Map(this.#inside(read, before, around))
    for (const name of namesOf(read)) after.set(name, 'set')
    if (sendsRequests(step)) after.set(ANSWER, 'set')
    if (!isGuarded) return after
    return either([after, before], `if ${condition}`, [parts, []])
  }

  /** Through the lists of steps inside a step. */
  #inside(read: ReadStep, before: Known, { steps, holds }: Around): Known {
    const { step, nested } = read
    if (nested === undefined) return before
    const own = new Map(before)
    for (const name of namesOf(read)) own.set(name, 'set')
    if (step.type === 'branch') {
      const under = [partsOf(step.condition), partsOf(step.condition, true)]
      const ways = ['if_true', 'if_false'].map((key, at) =>
        this.#list(nested[key] ?? [], own, { steps, holds: [...holds, ...(under[at] ?? [])] }),
      )
      return either(ways, `on one way of "${step.name}"`, under)
    }
    const bodies = Object.values(nested)
    const earlier = new Map(own)
    for (const name of definedBy(bodies.flat()))
      if (!own.has(name)) earlier.set(name, { when: `in an earlier round of "${step.name}"`, under: [] })
    if (allSteps(bodies.flat()).some((inside) => sendsRequests(inside.step))) earlier.set(ANSWER, 'set')
    const ends = bodies.map((body) => this.#list(body, earlier, { steps, holds }))
    const isSure = step.type === 'repeat' && typeof step.times === 'number' && step.times > 0
    return either(isSure ? ends : [...ends, own], `in "${step.name}"`, [])
  }

  #use(use: PlacedUse, read: ReadStep, known: Known, around: Around): void {
    const { path, hasDefault, at, offset } = use
    const [root, key] = path
    if (hasDefault || asksWhether(read, at)) return
    // What a step expects is about its own answer.
    const isOwn = sendsRequests(read.step) && at[read.at.length] === 'expect'
    if (OF_ANSWER.has(root)) return known.has(ANSWER) || isOwn ? undefined : this.#noAnswer(read, at, offset)
    const isOfSetup = root === 'setup' && typeof key === 'string'
    const name = isOfSetup ? `setup.${key}` : root
    const value = isOfSetup ? this.setup.get(key) : known.get(root)
    if (value === 'set') return
    if (value === undefined) {
      const setters = allSteps(around.steps).filter((one) => namesOf(one).includes(name))
      const [first] = setters
      if (first === undefined) return
      const who = setters.includes(read) ? 'This step itself sets it, from its answer' : `"${first.step.name}" sets it`
      const message = `"${name}" has no value here: it is used before anything sets it.`
      const hint = `${who}. Change the order, or give a default: {{${name} | default: …}}`
      this.findings.push({ code: 'used-before-set', path: at, offset, message, hint })
    } else if (!value.under.some((parts) => parts.length > 0 && parts.every((part) => around.holds.includes(part)))) {
      const message = `"${name}" may have no value here: it is set only ${value.when}.`
      const hint = `Give a default: {{${name} | default: …}}`
      this.findings.push({ code: 'maybe-unset', severity: 'warning', path: at, offset, message, hint })
    }
  }

  /** A condition may get along without it: `cycle == 1 || status == 200`. */
  #noAnswer(read: ReadStep, at: ReadStep['at'], offset?: number): void {
    const { conditions = [] } = actionOf(read.step.type)
    const key = String(at[read.at.length])
    const isCondition = key === 'condition' || conditions.some((one) => one === key) || at.at(-1) === 'expression'
    this.findings.push({
      code: 'used-before-set',
      ...(isCondition && { severity: 'warning' as const }),
      path: at,
      ...(offset !== undefined && { offset }),
      message: `There is no answer yet that "${read.step.name}" could look at: nothing was sent before it.`,
      hint: 'Put it after a step of type http or wait.',
    })
  }
}

/** Whether its `expect` has a key that is about the last answer. */
function looksAtAnswer({ step }: ReadStep): boolean {
  const expect = 'expect' in step ? step.expect : undefined
  if (!isMapping(expect)) return false
  const isNamed = 'context_path' in expect
  const operators: ReadonlySet<string> = new Set(OPERATORS)
  return Object.keys(expect).some((key) => !OF_NAMES.has(key) && !(isNamed && operators.has(key)))
}

interface Around {
  /** The whole list. */
  readonly steps: readonly ReadStep[]
  /** Parts of conditions that hold here: of the steps around, and its own. */
  readonly holds: readonly string[]
}

/**
 * After one of several ways: what only some of them set is set perhaps.
 * @param under the parts of conditions that hold on each way, as far as they are known
 */
export function either(ways: readonly Known[], when: string, under: readonly (readonly string[])[]): Known {
  const all = new Map<string, 'set' | Perhaps>()
  for (const name of new Set(ways.flatMap((way) => [...way.keys()]))) {
    const values = ways.map((way) => way.get(name))
    const perhaps = values.find((value) => typeof value === 'object')
    if (values.every((value) => value === 'set')) all.set(name, 'set')
    // Set under one condition, and again under another: probably in each case by one of them.
    else if (values.every((value) => value !== undefined) && values.includes('set')) all.set(name, 'set')
    else all.set(name, perhaps ?? { when, under: under.filter((_, way) => values[way] === 'set') })
  }
  return all
}

/** `{ context_path: coupon, exists: false }` is right when there is none. */
function asksWhether({ step, at }: ReadStep, path: readonly (string | number)[]): boolean {
  if (path.at(-1) !== 'context_path') return false
  let value: unknown = step
  for (const key of path.slice(at.length, -1)) value = isMapping(value) ? value[String(key)] : undefined
  return isMapping(value) && 'exists' in value
}
