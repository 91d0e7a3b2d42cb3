// How a scenario of Turbulence is written in keys of today, place by place. Nothing of it has to be done: it runs
// as it is.
import { basename, dirname, relative } from 'node:path'
import { ANSWER_NAMES } from '../condition.ts'
import { pythonIn } from '../python/index.ts'
import { isMapping } from '../reader.ts'
import type { Mapping } from '../reader.ts'
import type { Finding } from '../source.ts'
import { allStepsOf, textsIn } from './kinds.ts'
import type { RawStep } from './kinds.ts'

type Move = Omit<Finding, 'code' | 'severity'>

export const move = (finding: Move): Finding => ({ code: 'move', severity: 'hint', ...finding })

export interface Surroundings {
  readonly file: string
  /** Of the directory. */
  readonly sut: string | undefined
  readonly policies: string | undefined
}

export function movesOfScenario(value: Mapping, around: Surroundings): Finding[] {
  const steps = allStepsOf(value)
  return [
    ...naming(value, around),
    ...pressure(value),
    ...steps.flatMap((step) => [...jsonBody(step), ...decide(step, around), ...condition(step)]),
    ...textsIn(value).flatMap(oldNames),
  ].map(move)
}

/** `./sut.yaml`, as seen from a file. */
function fromFile(file: string, other: string): string {
  const path = relative(dirname(file), other).replaceAll('\\', '/')
  return path.startsWith('.') ? path : `./${path}`
}

function naming(value: Mapping, { file, sut }: Surroundings): Move[] {
  const name = basename(file)
  const better = name.replace(/(?:\.scenario)?\.(ya?ml)$/, '.scenario.$1')
  const rename = better === name ? [] : [`rename it to ${better}`]
  const names = Object.hasOwn(value, 'sut') || sut === undefined ? [] : [`add sut: ${fromFile(file, sut)}`]
  const both = [...rename, ...names].join(' and ')
  if (both === '') return []
  const message = `To be found and to know its services by itself: ${both}.`
  return [{ path: ['id'], atKey: true, message, hint: 'The plugin then needs neither include nor sut.' }]
}

function pressure(value: Mapping): Move[] {
  if (!Object.hasOwn(value, 'turbulence')) return []
  const hint = 'pressure: with the same keys; new ones are error_rate, error_status and reset_rate.'
  return [{ path: ['turbulence'], atKey: true, message: '"turbulence" is now called "pressure".', hint }]
}

function jsonBody({ step, at }: RawStep): Move[] {
  if (step['type'] !== 'http' || typeof step['body'] !== 'object' || step['body'] === null) return []
  const message = 'A body that is a mapping or a list is now called "json".'
  return [{ path: [...at, 'body'], atKey: true, message, hint: 'json: with the same value; body is for text.' }]
}

function decide({ step, at }: RawStep, { policies }: Surroundings): Move[] {
  const { type, decision, output_var: output, policy_ref: ref, options } = step
  if (type !== 'decide' || typeof decision !== 'string') return []
  const path = [...at, 'decision']
  const named =
    output === undefined
      ? [
          {
            path,
            message: `The choice is called "${decision}" now; "decision_result" is there too.`,
            hint: `output_var: decision_result says it.`,
          },
        ]
      : []
  if (options !== undefined) return named
  const whose = typeof ref === 'string' ? `"${ref}"` : 'the first persona'
  const where = policies === undefined ? 'a file of policies' : basename(policies)
  const message = `The weights of "${decision}" come from ${whose} in ${where}.`
  const hint = `For a group of its own: agents: { ${typeof ref === 'string' ? ref : 'shoppers'}: { policy: { ${decision}: { … } } } }; for all: options, on the step.`
  return [...named, { path: typeof ref === 'string' ? [...at, 'policy_ref'] : path, message, hint }]
}

const BRACED = /(["']?)\{\{\s*([A-Za-z_][\w.]*)\s*\}\}\1/g

/** `{{x}} == 'y'` is `x == 'y'`; names that an answer has too keep their braces. */
function condition({ step, at }: RawStep): Move[] {
  const { condition: source } = step
  if (typeof source !== 'string' || !source.includes('{{')) return []
  const plain = source.replaceAll(BRACED, (whole, _quote, path: string) =>
    ANSWER_NAMES.includes(path.split('.')[0] ?? '') ? whole : path,
  )
  if (plain === source || pythonIn(source) !== undefined) return []
  return [{ path: [...at, 'condition'], message: 'Names in a condition need no braces.', hint: `condition: ${plain}` }]
}

const NAMES: readonly (readonly [pattern: RegExp, old: string, now: string])[] = [
  [/\bentry\.seed_data\.variation\./, 'entry.seed_data.variation.x', 'variation.x'],
  [/\binstance_id\b/, 'instance_id', 'agent.id, cycle and iteration'],
]

function oldNames({ text, at }: ReturnType<typeof textsIn>[number]): Move[] {
  if (!text.includes('{')) return []
  const moves = NAMES.flatMap(([pattern, old, now]): Move[] => {
    const offset = text.search(pattern)
    const message = `"${old}" is another way to say ${now}.`
    return offset < 0 ? [] : [{ path: at, offset, message, hint: `Write {{${now.split(',')[0]}}}.` }]
  })
  const jinja = text.search(/\{%|\{#/)
  if (jinja >= 0)
    moves.push({
      path: at,
      offset: jinja,
      message: 'Statements and comments of Jinja mean nothing here: this is sent as it stands.',
      hint: 'A choice is a branch, or the condition of a step; a loop is a repeat.',
    })
  return moves
}

/** What a group for a persona looks like. */
export function groupOf(name: string, policy: Mapping): string {
  const weights = Object.entries(policy).map(([decision, of]) => {
    const options = isMapping(of) && isMapping(of['options']) ? of['options'] : {}
    const texts = Object.entries(options).map(([option, weight]) => `${option}: ${String(weight)}`)
    return `${decision}: { ${texts.join(', ')} }`
  })
  return `agents: { ${name}: { count: 1, policy: { ${weights.join(', ')} } } }`
}
