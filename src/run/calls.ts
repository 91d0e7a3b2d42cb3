// The modules that `call` steps name, loaded before the first request: what is not there, or is no
// function, is a problem where it is named. How a module is loaded is handed in.
import { dirname, isAbsolute, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { CallFunction, CallStep } from '../actions/call.ts'
import { shown } from '../actions/failure.ts'
import { callKey } from '../engine/program.ts'
import { didYouMean, TurbulenceError } from '../errors.ts'
import type { Problem } from '../errors.ts'
import type { Plan } from '../plan/plan.ts'
import { callSteps, hasCalls } from '../scenario/call-steps.ts'
import type { PlacedStep } from '../scenario/scenario.ts'

/** Loads a module by an absolute path, or by a name that the loader resolves. */
export type ImportModule = (specifier: string) => Promise<Readonly<Record<string, unknown>>>

export interface LoadedCalls {
  /** By `callKey`. */
  readonly calls: ReadonlyMap<string, CallFunction>
  readonly problems: readonly Problem[]
}

export async function loadCalls(plan: Plan, importModule: ImportModule): Promise<LoadedCalls> {
  const calls = new Map<string, CallFunction>()
  const problems: Problem[] = []
  const modules = new Map<string, Promise<Readonly<Record<string, unknown>> | Error>>()
  for (const { placed, step } of callSteps(plan)) {
    const { module, export: name } = step
    let loading = modules.get(module)
    if (loading === undefined) modules.set(module, (loading = load(specifierOf(module, placed), importModule)))
    const loaded = await loading
    const found = loaded instanceof Error ? loaded : loaded[name]
    if (typeof found === 'function') calls.set(callKey(module, name), found as CallFunction)
    else problems.push(problem(placed, step, loaded))
  }
  return { calls, problems }
}

/** @throws TurbulenceError for the first that is not there; nothing was sent yet */
export async function fillCalls(
  calls: Map<string, CallFunction>,
  plan: Plan,
  importModule: ImportModule = nativeImport,
): Promise<void> {
  if (!hasCalls(plan)) return
  const loaded = await loadCalls(plan, importModule)
  for (const [key, found] of loaded.calls) calls.set(key, found)
  const [first] = loaded.problems
  if (first === undefined) return
  const { code, message, place, hint } = first
  throw new TurbulenceError(code, message, { place, ...(hint !== undefined && { hint }) })
}

/** As Node itself does it, where nobody else does. */
const nativeImport: ImportModule = (specifier) =>
  import(isAbsolute(specifier) ? pathToFileURL(specifier).href : specifier) as ReturnType<ImportModule>

function specifierOf(module: string, { place }: PlacedStep): string {
  return module.startsWith('.') ? resolve(dirname(place.file), module) : module
}

async function load(specifier: string, importModule: ImportModule): Promise<Readonly<Record<string, unknown>> | Error> {
  try {
    return await importModule(specifier)
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

function problem(
  { path, place }: PlacedStep,
  { module, export: name }: CallStep,
  loaded: Readonly<Record<string, unknown>> | Error,
): Problem {
  const at = { severity: 'error', place } as const
  if (loaded instanceof Error) {
    const [line = ''] = loaded.message.split('\n', 1)
    return {
      ...at,
      code: 'call-module',
      path: `${path}.module`,
      message: `The module ${shown(module)} cannot be loaded: ${line.replace(/\.$/, '')}.`,
      hint: 'A path that begins with a dot is relative to the scenario file; all others are resolved as in your tests.',
    }
  }
  const functions = Object.keys(loaded).filter((key) => typeof loaded[key] === 'function')
  const message = Object.hasOwn(loaded, name)
    ? `${shown(module)} exports ${shown(loaded[name])} as "${name}", not a function.`
    : `${shown(module)} has no export "${name}".`
  return { ...at, code: 'call-export', path: `${path}.export`, message, hint: didYouMean(name, functions, 'Functions') }
}
