// What a file of a Turbulence directory is, by what stands in it; and whether a scenario is still written as
// Turbulence's were.
import { basename } from 'node:path'
import type { DataPath } from '../diagnostic.ts'
import { isMapping } from '../reader.ts'
import type { Mapping } from '../reader.ts'

export type Kind = 'scenario' | 'sut' | 'policies' | 'personas'

/** Undefined when it is none of Turbulence's files. */
export function kindOf(value: unknown): Kind | undefined {
  if (!isMapping(value)) return undefined
  if (Array.isArray(value['policies'])) return 'policies'
  if (Array.isArray(value['personas'])) return 'personas'
  if (isMapping(value['services']) && Object.values(value['services']).some(isService)) return 'sut'
  return Array.isArray(value['flow']) || isMapping(value['flows']) ? 'scenario' : undefined
}

/** And not one of Docker's. */
function isService(value: unknown): boolean {
  return isMapping(value) && ['base_url', 'http', 'grpc', 'kafka'].some((key) => Object.hasOwn(value, key))
}

/** Keys that Turbulence had. */
const KEYS: readonly string[] = [
  'id',
  'description',
  'entry',
  'flow',
  'assertions',
  'stop_when',
  'max_steps',
  'turbulence',
  'pressure',
  'variation',
]

/** Nobody has changed it since: it says nothing that only we know, and is named or written as there. */
export function isOldShape(file: string, value: Mapping): boolean {
  if (!Object.keys(value).every((key) => KEYS.includes(key))) return false
  const isNamedAsThere = !/\.scenario\.\w+$/.test(basename(file))
  return isNamedAsThere || Object.hasOwn(value, 'entry') || Object.hasOwn(value, 'turbulence')
}

export interface RawStep {
  readonly step: Mapping
  readonly at: DataPath
}

const NESTED: readonly string[] = ['if_true', 'if_false', 'steps']

/** As they are written, on all levels. */
function stepsIn(list: unknown, at: DataPath): RawStep[] {
  if (!Array.isArray(list)) return []
  return list.flatMap((step: unknown, index): RawStep[] => {
    if (!isMapping(step)) return []
    const here = [...at, index]
    return [{ step, at: here }, ...NESTED.flatMap((key) => stepsIn(step[key], [...here, key]))]
  })
}

/** Of the flow, and the final assertions. */
export function allStepsOf(value: Mapping): RawStep[] {
  const assertions = stepsIn(value['assertions'], ['assertions'])
  const typed = assertions.map(({ step, at }) => ({ step: { type: 'assert', ...step }, at }))
  return [...stepsIn(value['flow'], ['flow']), ...typed]
}

/** Every text, with the way to it. */
export function textsIn(value: unknown, at: DataPath = []): { readonly text: string; readonly at: DataPath }[] {
  if (typeof value === 'string') return [{ text: value, at }]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, item]) =>
    textsIn(item, [...at, Array.isArray(value) ? Number(key) : key]),
  )
}
