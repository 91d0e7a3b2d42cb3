// JSON Schema (2020-12) for answers, compiled once by ajv: what does not hold is said by its JSON path
// and the constraint. Patterns run on RE2; a schema refers to nothing outside itself.
import { createRequire } from 'node:module'
import type { ErrorObject, Options, ValidateFunction } from 'ajv'
import type { Ajv2020 } from 'ajv/dist/2020.js'
import type addFormats from 'ajv-formats'
import type { Failure } from '../sample.ts'
import { failed, shown } from './failure.ts'
import { pattern } from './pattern.ts'
import { counted, teachEffort } from './schema-effort.ts'
import { valueAt } from './value-at.ts'

export type JsonSchema = boolean | Readonly<Record<string, unknown>>

const KEPT = 200
/** What OpenAPI and editors add to schemas; it constrains nothing. */
const ANNOTATIONS: readonly string[] = ['example', 'externalDocs', 'xml', 'tsType']

const linear = Object.assign(
  (source: string) => {
    const { isIn } = pattern(source)
    return { test: isIn }
  },
  { code: 'linear' },
)
const OPTIONS: Options = {
  strictSchema: true,
  strictTypes: false,
  strictTuples: false,
  strictRequired: false,
  allowUnionTypes: true,
  logger: false,
  code: { regExp: linear },
}

/** Loaded with the first schema. */
const require = createRequire(import.meta.url)
/** In two steps: the compiler takes `new (require(…)).Class()` apart. */
function newAjv(options: Options): Ajv2020 {
  const library = require('ajv/dist/2020.js') as { Ajv2020: typeof Ajv2020 }
  return new library.Ajv2020(options)
}

const compiled = new Map<string, ValidateFunction>()
let meta: Ajv2020 | undefined

/** What is wrong with it, in one line; undefined = nothing. */
export function wrongSchema(schema: JsonSchema): string | undefined {
  try {
    meta ??= newAjv({ ...OPTIONS, allErrors: false })
    if (meta.validateSchema(schema) !== true) {
      const [error] = meta.errors ?? []
      return error === undefined ? 'it is not valid' : `${pathOf(error, 'schema')} ${error.message ?? 'is not valid'}`
    }
    compile(schema)
    return undefined
  } catch (error) {
    const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n', 1)
    return line.replace(/^strict mode: /, '')
  }
}

/** Throws an Error when the schema is wrong. */
export function compileSchema(schema: JsonSchema): (value: unknown) => Failure | undefined {
  const validate = compile(schema)
  return (value) => {
    if (validate(value)) return undefined
    const [error] = validate.errors ?? []
    return error === undefined ? failed('schema: does not hold') : explain(error, value)
  }
}

/** An instance each: the ids of files inside one schema mean nothing to another. */
function compile(schema: JsonSchema): ValidateFunction {
  const text = JSON.stringify(schema)
  let validate = compiled.get(text)
  if (validate !== undefined) return validate
  const ajv = newAjv({ ...OPTIONS, validateSchema: false })
  const formats = require('ajv-formats') as typeof addFormats
  formats.default(ajv)
  ajv.addVocabulary([...ANNOTATIONS])
  teachEffort(ajv)
  validate = ajv.compile(counted(schema))
  if (compiled.size >= KEPT) compiled.clear()
  compiled.set(text, validate)
  return validate
}

function explain(error: ErrorObject, root: unknown): Failure {
  const path = pathOf(error)
  const constraint = `${error.message ?? 'does not hold'} (${error.keyword})`
  const key = `schema: ${path.replaceAll(/\[\d+\]/g, '[*]')} ${constraint}`
  return failed(key, `schema: ${path} ${constraint}${actualOf(error, root)}`)
}

function actualOf({ keyword, params, instancePath }: ErrorObject, root: unknown): string {
  const named: Readonly<Record<string, unknown>> = params
  if (keyword === 'required') return ''
  const extra = named['additionalProperty'] ?? named['unevaluatedProperty'] ?? named['propertyName']
  if (extra !== undefined) return `: ${shown(extra)}`
  const allowed = named['allowedValues'] ?? named['allowedValue']
  const wanted = allowed === undefined ? '' : ` ${shown(allowed)}`
  return `${wanted}, is ${shown(valueAt(root, keysOf(instancePath)))}`
}

/** From a JSON pointer, as people write paths: `$.items[0].id`. */
function pathOf({ instancePath }: ErrorObject, root = '$'): string {
  return keysOf(instancePath).reduce((path, key) => {
    if (/^\d+$/.test(key)) return `${path}[${key}]`
    return /^[A-Za-z_$][\w$]*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`
  }, root)
}

function keysOf(pointer: string): string[] {
  const keys = pointer.split('/').slice(1)
  return keys.map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
}
