// The JSON Schemas of a scenario file and of a SUT file, made from the zod schemas: one with what the
// generators need (`unset`: what holds when a key is left out), and the one that editors get.
import { z } from 'zod'
import { FILE, SUT } from '../src/scenario/file.ts'

/** The part of JSON Schema that zod makes here. */
export interface Json {
  readonly title?: string
  readonly description?: string
  readonly unset?: string
  readonly default?: unknown
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, Json>>
  readonly required?: readonly string[]
  readonly additionalProperties?: Json | boolean
  readonly items?: Json
  readonly anyOf?: readonly Json[]
  readonly oneOf?: readonly Json[]
  readonly $ref?: string
  readonly definitions?: Readonly<Record<string, Json>>
}

export const STEP = '#/definitions/step'

/** With everything that stands in the zod schemas. */
export function wholeSchema(of: 'scenario' | 'sut'): Json {
  const made = z.toJSONSchema(of === 'scenario' ? FILE : SUT, {
    target: 'draft-7',
    io: 'input',
    unrepresentable: 'any',
  })
  const recursive = Object.keys(made.definitions ?? {})
  if (recursive.length > 1) throw new Error(`only steps hold themselves, but there is also ${recursive.join(', ')}`)
  const text = JSON.stringify(made).replaceAll('__schema0', 'step')
  return JSON.parse(text.replaceAll(`{"allOf":[{"$ref":"${STEP}"}]}`, `{"$ref":"${STEP}"}`)) as Json
}

const TITLES = { scenario: 'A scenario of vitest-turbulence', sut: 'A system under test of vitest-turbulence' }

/** For editors. */
export function editorSchema(of: 'scenario' | 'sut'): string {
  const { $schema, ...schema } = forEditors(wholeSchema(of)) as Record<string, unknown>
  return `${JSON.stringify({ $schema, title: TITLES[of], ...schema }, undefined, 2)}\n`
}

function forEditors(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(forEditors)
  if (typeof value !== 'object' || value === null) return value
  const { unset, ...rest } = value as { unset?: unknown; description?: unknown }
  const entries = Object.entries(rest).map(([key, inside]) => [key, forEditors(inside)])
  const node = Object.fromEntries(entries) as Record<string, unknown>
  if (typeof unset === 'string') node['description'] = `${String(node['description'])} Default: ${unset}.`
  return node
}
