// What of a Plan is secret, though nobody says so: values of headers such as Authorization, what stands under keys
// such as password, and the names that such headers and keys take their values from. Masking is redact.ts.
import { allSteps } from '../actions/nested.ts'
import type { Redactor } from '../redact.ts'
import { createRedactor, isSecretHeader, isSecretKey, secretEnvNames, secretsOfHeader } from '../redact.ts'
import { templateNames } from '../scenario/template.ts'
import type { NamePath } from '../scenario/template-syntax.ts'
import type { Plan } from './plan.ts'

/** What names secrets, besides the environment. */
export interface SecretSources {
  /** As they stand in the file. */
  readonly values: readonly string[]
  /** `token`, `setup.login.token`: whatever they hold when something is told. */
  readonly paths: readonly NamePath[]
}

const known = new WeakMap<Plan, SecretSources>()

/** Worked out once. */
export function secretSources(plan: Plan): SecretSources {
  let sources = known.get(plan)
  if (sources === undefined) known.set(plan, (sources = find(plan)))
  return sources
}

/** Masks what is known to be secret before the first request. */
export function planRedactor(plan: Plan): Redactor {
  const { values, paths } = secretSources(plan)
  const env = Object.entries(plan.env).filter(
    ([name]) => secretEnvNames(name) || paths.some((path) => isEnv(path, name)),
  )
  return createRedactor({ values: [...env.map(([, value]) => value), ...values], keys: plan.redact })
}

const isEnv = ([root, key]: NamePath, name: string): boolean => root === 'env' && key === name

function find(plan: Plan): SecretSources {
  const finder = new Finder(plan.redact)
  for (const { headers } of Object.values(plan.services)) finder.headers(headers)
  const steps = [
    ...Object.values(plan.flows).flat(),
    ...plan.assertions,
    ...plan.setup,
    ...plan.onResume,
    ...plan.teardown,
  ]
  for (const { step } of allSteps(steps)) {
    const keys: Readonly<Record<string, unknown>> = { ...step }
    finder.headers(keys['headers'])
    for (const key of ['json', 'form', 'query', 'multipart', 'vars', 'args']) finder.values(keys[key])
    finder.extracted(keys['extract'])
  }
  return { values: [...finder.found], paths: finder.paths }
}

class Finder {
  readonly found = new Set<string>()
  readonly paths: NamePath[] = []
  readonly #keys: ReadonlySet<string>

  constructor(redact: readonly string[]) {
    this.#keys = new Set(redact.map((key) => key.toLowerCase()))
  }

  headers(headers: unknown): void {
    if (typeof headers !== 'object' || headers === null) return
    for (const [name, value] of Object.entries(headers))
      if (this.#isSecret(name) || isSecretHeader(name)) this.#secret(String(value), name)
  }

  /** JSON, forms, queries: what stands under a key that is secret by its name. */
  values(value: unknown): void {
    if (typeof value !== 'object' || value === null) return
    for (const [key, item] of Object.entries(value)) {
      if (typeof item === 'string' && this.#isSecret(key)) this.#secret(item, '')
      else this.values(item)
    }
  }

  /** Variables that take a secret from an answer. */
  extracted(extract: unknown): void {
    if (typeof extract !== 'object' || extract === null) return
    for (const [name, rule] of Object.entries(extract)) {
      const { path, header } = (typeof rule === 'string' ? { path: rule } : rule) as { path?: string; header?: string }
      const last = /([\w-]+)['"]?\]?$/.exec(path ?? '')?.[1] ?? ''
      const isFromHeader = header !== undefined && (isSecretHeader(header) || this.#isSecret(header))
      if (isFromHeader || this.#isSecret(last) || this.#isSecret(name)) this.paths.push([name], ['setup', name])
    }
  }

  #isSecret(name: string): boolean {
    return isSecretKey(name) || this.#keys.has(name.toLowerCase())
  }

  /** @param header it is the value of, if it is one */
  #secret(text: string, header: string): void {
    const uses = text.includes('{{') ? templateNames(text) : []
    for (const { path } of uses) this.paths.push(path)
    if (uses.length > 0) return
    for (const value of header === '' ? [text] : secretsOfHeader(header, text)) this.found.add(value)
  }
}
