// From an http step to the request that is sent: path and query, merged headers, body. All that is
// the same for every iteration is worked out once.
import { spend } from '../effort.ts'
import type { Names, Request, TextTemplate, Tools, ValueTemplate } from './action.ts'
import { NameError } from './action.ts'
import { shown } from './failure.ts'
import { compileForm, compileMultipart } from './form.ts'
import type { HttpStep } from './http.ts'
import { jsonText } from './json-text.ts'
import { compileMock } from './mock.ts'
import type { Pairs, RequestStep, Scalar } from './request-keys.ts'
import { compileRetry } from './retry.ts'
import { layOver, RETRY_AFTER_STATUSES } from './retry-after.ts'
import { statusIs } from './status.ts'

/** Of `http` it may have all keys. */
type Sending = RequestStep &
  Partial<Pick<HttpStep, 'form' | 'multipart' | 'timeout' | 'redirects' | 'retry' | 'retry_after'>>

export function compileRequest(step: Sending, tools: Tools): (names: Names) => Request {
  const path = compilePath(step.path, step.query ?? {}, tools)
  const headers = compileHeaders(step, tools)
  const body = compileBody(step, tools)
  const expected = [step.expect?.status_code ?? []].flat()
  const { service, method } = step
  const rules: Omit<Request, 'service' | 'method' | 'path' | 'headers' | 'body'> = {
    timeoutMs: step.timeout,
    retryAfter: compileRetryAfter(step, expected, tools),
    retry: step.retry === undefined ? undefined : compileRetry(step.retry, expected),
    redirects: compileRedirects(step.redirects ?? 0, expected),
    mock: compileMock(step, tools),
  }
  const make = (names: Names): Request => {
    const { content, contentType } = body(names)
    const all = headers(names)
    const whole = contentType === undefined ? all : [...all, 'content-type', contentType]
    return { service, method, path: path(names), headers: whole, body: content, ...rules }
  }
  if (!isFixed(step, tools)) return make
  let fixed: Request | undefined
  return (names) => (fixed ??= Object.freeze(make(names)))
}

/** Nothing in it is a template, so that one request is all of them. */
function isFixed({ service, path, query, headers, body, json, form, multipart }: Sending, tools: Tools): boolean {
  // A boundary is drawn for each.
  if (multipart !== undefined) return false
  return isStatic(JSON.stringify([tools.service(service).headers, path, query, headers, body, json, form]))
}

type StatusRules = readonly (number | string)[]

const unexpected = (statuses: readonly number[], expected: StatusRules): readonly number[] =>
  statuses.filter((status) => !expected.some((one) => statusIs(one, status)))

/** A step that expects such a status has what it wants. */
function compileRetryAfter(
  { service, retry_after }: Sending,
  expected: StatusRules,
  tools: Tools,
): Request['retryAfter'] {
  const rule = layOver(tools.service(service).retryAfter, retry_after)
  const statuses = unexpected(RETRY_AFTER_STATUSES, expected)
  return rule === undefined || statuses.length === 0 ? undefined : { ...rule, statuses }
}

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308]

function compileRedirects(most: number, expected: StatusRules): Request['redirects'] {
  const statuses = unexpected(REDIRECTS, expected)
  return most === 0 || statuses.length === 0 ? undefined : { most, statuses }
}

const isStatic = (text: string): boolean => !text.includes('{{')

/** What may stand in a request line as it is; a `#` would begin a fragment, which is never sent. */
const NOT_IN_PATH = /[^\x21-\x7e]+|#/g
const LONE_SURROGATE = /\p{Surrogate}/gu

const encode = (text: string): string => {
  spend(text.length / 2)
  return encodeURIComponent(text.replace(LONE_SURROGATE, '\ufffd'))
}
const cleanPath = (text: string): string => {
  spend(text.length / 8)
  const path = text.replace(NOT_IN_PATH, encode)
  return path.startsWith('/') ? path : `/${path}`
}

function compilePath(source: string, query: Pairs, tools: Tools): TextTemplate {
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
  return [`${name}=${encode(typeof value === 'object' ? jsonText(value) : String(value as Scalar))}`]
}

function constant<T>(value: T): () => T {
  return () => value
}

/** Later layers win; names are the same whatever their case. */
function compileHeaders(step: Sending, tools: Tools): (names: Names) => readonly string[] {
  const merged = new Map<string, readonly [name: string, value: Scalar]>()
  if (jsonOf(step) !== undefined) merged.set('content-type', ['content-type', 'application/json'])
  if (step.form !== undefined) merged.set('content-type', ['content-type', 'application/x-www-form-urlencoded'])
  for (const layer of [tools.service(step.service).headers, step.headers ?? {}])
    for (const [name, value] of Object.entries(layer)) merged.set(name.toLowerCase(), [name, value])
  // Its boundary is another one for every request.
  if (step.multipart !== undefined) merged.delete('content-type')

  const flat: (string | TextTemplate)[] = []
  for (const [name, value] of merged.values()) flat.push(name, compileHeader(name, String(value), tools))
  if (flat.every((part) => typeof part === 'string')) return constant(Object.freeze(flat))
  // The same list as long as nothing in it changes: what a transport knows of a list it need not find out again.
  let last: readonly string[] = []
  return (names) => {
    const made = flat.map((part) => (typeof part === 'string' ? part : part(names)))
    if (made.some((part, at) => part !== last[at])) last = Object.freeze(made)
    return last
  }
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

const jsonOf = ({ json, body }: Sending): unknown => (typeof body === 'string' ? undefined : (body ?? json))

type MadeBody = { readonly content: Request['body']; readonly contentType?: string }

function compileBody(step: Sending, tools: Tools): (names: Names) => MadeBody {
  if (step.multipart !== undefined) return compileMultipart(step.multipart, tools)
  const content = compileContent(step, tools)
  return (names) => ({ content: content(names) })
}

function compileContent(step: Sending, tools: Tools): (names: Names) => string | undefined {
  if (typeof step.body === 'string') return tools.text(step.body)
  if (step.form !== undefined) return compileForm(step.form, tools)
  const json = jsonOf(step)
  if (json === undefined) return constant(undefined)
  const value: ValueTemplate = tools.value(json)
  const source = JSON.stringify(json)
  return isStatic(source) ? constant(source) : (names) => jsonText(value(names))
}
