// From an http step to the request that is sent: path and query, merged headers, body. All that is
// the same for every iteration is worked out once.
import type { Names, Request, TextTemplate, Tools, ValueTemplate } from './action.ts'
import { NameError } from './action.ts'
import { shown } from './failure.ts'
import type { HttpStep, Scalar } from './http.ts'
import { layOver, RETRY_AFTER_STATUSES } from './retry-after.ts'
import { statusIs } from './status.ts'

export function compileRequest(step: HttpStep, tools: Tools): (names: Names) => Request {
  const path = compilePath(step.path, step.query ?? {}, tools)
  const headers = compileHeaders(step, tools)
  const body = compileBody(step, tools)
  const { service, method } = step
  const retryAfter = compileRetryAfter(step, tools)
  return (names) => ({ service, method, path: path(names), headers: headers(names), body: body(names), retryAfter })
}

/** A step that expects such a status has what it wants. */
function compileRetryAfter({ service, retry_after, expect }: HttpStep, tools: Tools): Request['retryAfter'] {
  const rule = layOver(tools.service(service).retryAfter, retry_after)
  const expected = [expect?.status_code ?? []].flat()
  const statuses = RETRY_AFTER_STATUSES.filter((status) => !expected.some((one) => statusIs(one, status)))
  return rule === undefined || statuses.length === 0 ? undefined : { ...rule, statuses }
}

const isStatic = (text: string): boolean => !text.includes('{{')

/** What may stand in a request line as it is; a `#` would begin a fragment, which is never sent. */
const NOT_IN_PATH = /[^\x21-\x7e]+|#/g
const LONE_SURROGATE = /\p{Surrogate}/gu

const encode = (text: string): string => encodeURIComponent(text.replace(LONE_SURROGATE, '\ufffd'))
const cleanPath = (text: string): string => {
  const path = text.replace(NOT_IN_PATH, encode)
  return path.startsWith('/') ? path : `/${path}`
}

function compilePath(source: string, query: NonNullable<HttpStep['query']>, tools: Tools): TextTemplate {
  const text = tools.text(source)
  const base: TextTemplate = isStatic(source) ? constant(cleanPath(source)) : (names) => cleanPath(text(names))
  const pairs = compileQuery(query, tools)
  if (pairs === undefined) return base
  return (names) => {
    const [path, query] = [base(names), pairs(names)]
    return query === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${query}`
  }
}

/** `a=1&b=2`; undefined when there is no query. */
function compileQuery(query: NonNullable<HttpStep['query']>, tools: Tools): TextTemplate | undefined {
  const given = Object.entries(query).map(([name, value]) => [encode(name), value] as const)
  if (given.length === 0) return undefined
  if (isStatic(JSON.stringify(query)))
    return constant(given.flatMap(([name, value]) => queryPairs(name, value)).join('&'))
  const values = given.map(([name, value]) => [name, tools.value(value)] as const)
  return (names) => values.flatMap(([name, value]) => queryPairs(name, value(names))).join('&')
}

function queryPairs(name: string, value: unknown): string[] {
  if (value === null || value === undefined) return []
  if (Array.isArray(value)) return value.flatMap((item: unknown) => queryPairs(name, item))
  return [`${name}=${encode(typeof value === 'object' ? JSON.stringify(value) : String(value as Scalar))}`]
}

function constant<T>(value: T): () => T {
  return () => value
}

/** Later layers win; names are the same whatever their case. */
function compileHeaders(step: HttpStep, tools: Tools): (names: Names) => readonly string[] {
  const merged = new Map<string, readonly [name: string, value: Scalar]>()
  if (step.json !== undefined) merged.set('content-type', ['content-type', 'application/json'])
  for (const layer of [tools.service(step.service).headers, step.headers ?? {}])
    for (const [name, value] of Object.entries(layer)) merged.set(name.toLowerCase(), [name, value])

  const flat: (string | TextTemplate)[] = []
  for (const [name, value] of merged.values()) flat.push(name, compileHeader(name, String(value), tools))
  if (flat.every((part) => typeof part === 'string')) return constant(flat)
  return (names) => flat.map((part) => (typeof part === 'string' ? part : part(names)))
}

function compileHeader(name: string, source: string, tools: Tools): string | TextTemplate {
  if (isStatic(source)) return source
  const text = tools.text(source)
  return (names) => {
    const value = text(names)
    // A line break in an extracted value would begin another header.
    if (/[^\t\x20-\x7e\x80-\xff]/.test(value))
      throw new NameError(`header ${name}: ${shown(source)} gives a line break or a character that no header may hold`)
    return value
  }
}

function compileBody(step: HttpStep, tools: Tools): (names: Names) => string | undefined {
  if (step.body !== undefined) return tools.text(step.body)
  if (step.json === undefined) return constant(undefined)
  const value: ValueTemplate = tools.value(step.json)
  const source = JSON.stringify(step.json)
  return isStatic(source) ? constant(source) : (names) => JSON.stringify(value(names))
}
