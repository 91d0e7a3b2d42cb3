// Conditions whose end is known before the run: steps that never run, loops that never end, ways that are
// never taken, expectations that expect nothing.
import { actionOf } from '../actions/index.ts'
import { allSteps } from '../actions/nested.ts'
import { prospectOf } from './condition-facts.ts'
import type { Domains, Prospect } from './condition-facts.ts'
import type { DataPath } from './diagnostic.ts'
import { domainText } from './domains.ts'
import { isMapping } from './reader.ts'
import type { ReadStep } from './reader.ts'
import type { Finding } from './source.ts'
import { LanguageError } from './template-syntax.ts'

/** @param domains what names can be where these steps run */
export function decidedConditions(steps: readonly ReadStep[], domains: Domains): Finding[] {
  return allSteps(steps).flatMap((read) => {
    const { step, at, isRight } = read
    if (!isRight) return []
    const { ownsCondition = false } = actionOf(step.type)
    const values = new Map<string, unknown>(Object.entries(step))
    const expect = values.get('expect')
    const asked = (key: string, value: unknown, say: Say): Finding[] =>
      typeof value === 'string' ? decided(value, [...at, ...key.split('.')], domains, say) : []
    return [
      ...asked('condition', values.get('condition'), ownsCondition ? branchText(read) : skipText(read)),
      ...asked('while', values.get('while'), loopText(read)),
      ...asked('expect.expression', isMapping(expect) ? expect['expression'] : undefined, expressionText(read)),
      ...neverRound(read, values),
    ]
  })
}

/** What there is to say when it always holds, or never does. */
type Say = (always: boolean) => Pick<Finding, 'code' | 'severity' | 'message' | 'hint'> | undefined

const LEAVE = 'Compare with a name in it, or leave it out.'

const skipText =
  ({ step: { name } }: ReadStep): Say =>
  (always) =>
    always
      ? {
          code: 'always-holds',
          severity: 'hint',
          message: `"${name}" always runs: its condition always holds.`,
          hint: LEAVE,
        }
      : warning('never-runs', `"${name}" never runs: its condition is always false.`)

const branchText =
  ({ step: { name }, nested }: ReadStep): Say =>
  (always) => {
    const [taken, other] = always ? ['if_true', 'if_false'] : ['if_false', 'if_true']
    const why = always ? 'its condition always holds' : 'its condition is always false'
    if (nested?.[other] !== undefined) return warning('never-runs', `"${name}" never takes ${other}: ${why}.`)
    return {
      code: 'always-holds',
      severity: 'hint',
      message: `"${name}" always takes ${taken}: ${why}.`,
      hint: LEAVE,
    }
  }

const loopText =
  ({ step: { name } }: ReadStep): Say =>
  (always) =>
    always
      ? warning('always-holds', `"${name}" never ends by itself, and fails after max rounds: its while always holds.`)
      : warning('never-runs', `"${name}" never runs: its while is always false.`)

const expressionText =
  ({ step: { name } }: ReadStep): Say =>
  (always) =>
    always
      ? warning('always-holds', `"${name}" expects nothing: its expression always holds.`)
      : warning('never-holds', `"${name}" always fails: its expression never holds.`)

function warning(code: string, message: string): ReturnType<Say> {
  return { code, severity: 'warning', message, hint: LEAVE }
}

function decided(source: string, path: DataPath, domains: Domains, say: Say): Finding[] {
  const prospect = prospectOfText(source, domains)
  if (prospect === undefined || (prospect.canHold && prospect.canFail)) return []
  const said = say(prospect.canHold)
  // What asks for the cycle or the iteration is written for runs with more of them.
  const isOfRound = prospect.because.has('cycle') || prospect.because.has('iteration')
  if (said === undefined || (said.severity === 'hint' && isOfRound)) return []
  const facts = domainText(prospect.because)
  return [{ ...said, path, hint: facts === '' ? said.hint : `Here ${facts}.` }]
}

/** What is wrong with the text itself has been said. */
function prospectOfText(source: string, domains: Domains): Prospect | undefined {
  try {
    return prospectOf(source, domains)
  } catch (error) {
    if (error instanceof LanguageError) return undefined
    throw error
  }
}

function neverRound({ step, at }: ReadStep, values: ReadonlyMap<string, unknown>): Finding[] {
  const { times, for_each: list } = Object.fromEntries(values)
  if (step.type !== 'repeat' || !(times === 0 || (Array.isArray(list) && list.length === 0))) return []
  const [key, why] = times === 0 ? ['times', 'times is 0'] : ['for_each', 'its list is empty']
  return [
    {
      code: 'never-runs',
      severity: 'warning',
      path: [...at, key],
      message: `The steps of "${step.name}" never run: ${why}.`,
      hint: 'Give it a round, or leave it out.',
    },
  ]
}
