// A JSON Schema with the files that it refers to put into it, so that it stands for itself: every
// `$ref` to a file becomes one to that file's part. Compiling it is actions/json-schema.ts.
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseDocument } from 'yaml'
import { shown } from '../actions/failure.ts'
import type { JsonSchema } from '../actions/json-schema.ts'
import { readNamed } from './named-file.ts'
import type { Reading } from './named-file.ts'
import { isMapping } from './reader.ts'
import { DEEPEST, isBounded, tooLarge, wrongAlias } from './yaml-size.ts'

export interface Bundled {
  readonly schema: JsonSchema
  /** Absolute paths. */
  readonly files: readonly string[]
  readonly wrong?: { readonly code: string; readonly message: string; readonly hint: string }
}

type Wrong = NonNullable<Bundled['wrong']>

const MOST_FILES = 100
const SCHEME = /^[a-z][a-z0-9+.-]*:/i

/** @param folder the paths in it are relative to */
export function bundleSchema(schema: JsonSchema, folder: string, reading: Reading): Bundled {
  const parts = new Map<string, unknown>()
  const files: string[] = []
  let wrong: Wrong | undefined

  const load = (given: string, from: string): string | undefined => {
    const { path, text, wrong: unread } = readNamed(given, from, 'schema-file', reading)
    if (path !== undefined && !files.includes(path)) files.push(path)
    if (unread !== undefined || path === undefined || text === undefined) {
      wrong ??= unread
      return undefined
    }
    const id = pathToFileURL(path).href
    if (parts.has(id)) return id
    if (parts.size >= MOST_FILES) {
      wrong ??= { code: 'schema-file', message: `The schema spreads over more than ${MOST_FILES} files.`, hint: '' }
      return undefined
    }
    parts.set(id, true)
    const content = parsed(text)
    if (content instanceof Error || (typeof content !== 'boolean' && !isMapping(content))) {
      const why = content instanceof Error ? content.message : 'a schema is a mapping'
      wrong ??= { code: 'schema-file', message: `${shown(given)} is not a JSON Schema: ${why}.`, hint: 'JSON or YAML.' }
      return undefined
    }
    const whole = linked(content, dirname(path))
    parts.set(id, isMapping(whole) ? { ...whole, $id: id } : { $id: id, allOf: [whole] })
    return id
  }

  const link = (ref: string, from: string): string => {
    const [file = '', fragment] = ref.split('#', 2)
    if (file === '' || SCHEME.test(file)) return ref
    const path = decoded(file)
    if (path === undefined)
      wrong ??= { code: 'schema-file', message: `$ref: ${shown(ref)} is no path.`, hint: 'Write % as %25.' }
    const id = path === undefined ? undefined : load(path, from)
    return id === undefined ? ref : `${id}${fragment === undefined ? '' : `#${fragment}`}`
  }

  const linked = (value: unknown, from: string): unknown => {
    if (Array.isArray(value)) return value.map((item) => linked(item, from))
    if (!isMapping(value)) return value
    const entries = Object.entries(value).filter(([key]) => !key.startsWith('x-'))
    return Object.fromEntries(
      entries.map(([key, item]) => [
        key,
        key === '$ref' && typeof item === 'string' ? link(item, from) : linked(item, from),
      ]),
    )
  }

  const root = linked(schema, folder) as JsonSchema
  const whole =
    parts.size === 0 || typeof root === 'boolean'
      ? root
      : { ...root, $defs: { ...(root['$defs'] as object | undefined), ...Object.fromEntries(parts) } }
  return { schema: whole, files, ...(wrong !== undefined && { wrong }) }
}

/** JSON is YAML, too. */
function parsed(text: string): unknown {
  const wrong = tooLarge(text)
  if (wrong !== undefined) return new Error(wrong.message.replace(/\.$/, ''))
  try {
    const document = parseDocument(text, { uniqueKeys: false, prettyErrors: false, logLevel: 'error' })
    const [error] = document.errors
    const alias = error === undefined ? wrongAlias(document) : undefined
    if (error !== undefined || alias !== undefined) return new Error((error ?? alias)?.message.split('\n', 1)[0])
    const value: unknown = document.toJS({ maxAliasCount: 50 })
    return isBounded(value) ? value : new Error(`it nests deeper than ${DEEPEST} levels`)
  } catch (error) {
    return new Error((error instanceof Error ? error.message : String(error)).split('\n', 1)[0])
  }
}

/** Undefined when it is none: `%zz`. */
function decoded(path: string): string | undefined {
  try {
    return decodeURI(path)
  } catch {
    return undefined
  }
}
