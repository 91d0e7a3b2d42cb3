// The contract between an action and the engine: an action owns its schema and its behaviour, and
// sees the world only through `Tools` (when the Plan is compiled) and `StepContext` (while it runs).
import type { z } from 'zod'
import type { Random } from '../random.ts'
import type { Failure, Measurement } from '../sample.ts'
import type { CallFunction } from './call.ts'
import type { Expect } from './expect.ts'
import type { Retry } from './retry.ts'
import type { RetryAfter } from './retry-after.ts'

/** The values a template or an expression can name, for one iteration of one agent. */
export interface Names {
  /** The value of a built-in name such as `agent` or `now`. */
  builtin(name: string): unknown
  /** What was extracted or set; no prototype. */
  readonly vars: Record<string, unknown>
  /** The stream for chance in the step that is running. */
  random(): Random
}

/** An answer of a service, as expectations and extraction see it. */
export interface Answer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Service time in milliseconds. */
  readonly latencyMs: number
  /** The body as text (UTF-8), decoded when first asked for. */
  text(): string
  /** The body as JSON, parsed when first asked for; `error` is one line that says what is there instead. */
  json(): { readonly value: unknown } | { readonly error: string; readonly isTooLarge?: true }
}

/** One request, ready to send. */
export interface Request {
  readonly service: string
  readonly method: string
  /** Path and query, without the service's base URL. */
  readonly path: string
  /** Name, value, name, value … in the order of the merge. */
  readonly headers: readonly string[]
  readonly body: string | Uint8Array | undefined
  /** Instead of the service's. */
  readonly timeoutMs?: number | undefined
  /** Answers of these statuses that carry `Retry-After` are waited for; undefined = none are. */
  readonly retryAfter?: (RetryAfter & { readonly statuses: readonly number[] }) | undefined
  /** Which ends are tried again, and when. */
  readonly retry?: Retry | undefined
  /** So many redirects are followed, of these statuses; undefined = none are. */
  readonly redirects?: { readonly most: number; readonly statuses: readonly number[] } | undefined
  /** The answer to it in a run without services. */
  readonly mock?: (context: StepContext) => MockAnswer
}

/** What is answered when no service is asked. */
export interface MockAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly latencyMs: number
  /** Why none could be made up. */
  readonly wrong?: string
}

/** Judges an answer: undefined = as expected. */
export type Judge = (answer: Answer, context: StepContext) => Failure | undefined

/** What a running step can do. */
export interface StepContext extends Names {
  /** The last answer of this iteration. */
  readonly last: Answer | undefined
  /**
   * Sends one request through limits and transport, again when its answer asks for that by `Retry-After`,
   * has the answer judged, and records exactly one sample for each attempt. Undefined = it succeeded.
   */
  request(slot: number, request: Request, judge: Judge): Promise<Failure | undefined>
  /** Waits; ends early when the run is stopped. */
  sleep(ms: number): Promise<void>
  /** A monotonic time in milliseconds; only differences mean something. */
  now(): number
  /** Aborts when what is under way is to end at once. */
  readonly signal: AbortSignal
  /** Counts one expectation that was tried. */
  check(slot: number, held: boolean): void
  /** Counts what a `call` step records. */
  record(slot: number, measurement: Measurement): void
  /** Waits for work of others, `ms` at most; rejects as it does. */
  within(work: Promise<unknown>, ms: number): Promise<'done' | 'timeout' | 'aborted'>
  /** Keeps a value for this agent's later iterations and cycles: `{{memory.name}}`. */
  remember(name: string, value: unknown): void
  /** What the agent's group decides by: option → weight; undefined when it says nothing about this decision. */
  policy(decision: string): Readonly<Record<string, number>> | undefined
  /**
   * Runs steps of `Tools.steps`; they report their own failures. False = the iteration is over.
   * @param round from 1 when the same steps run several times, so that chance is not the same each time
   */
  runSteps(steps: StepList, round?: number): Promise<boolean>
}

/** Compiled steps, for `StepContext.runSteps`. */
export interface StepList {
  readonly length: number
}

/** A compiled step: undefined = it succeeded. Never throws for what a service did. */
export type StepRun = (context: StepContext) => Failure | undefined | Promise<Failure | undefined>

/** A compiled template that prints to text. */
export type TextTemplate = (names: Names) => string
/** A compiled template that keeps the type of a lone `{{x}}`, in any JSON-like shape. */
export type ValueTemplate = (names: Names) => unknown

/** A compiled CEL condition. */
export interface Condition {
  (names: Names, last: Answer | undefined): boolean
  /** What its names stand for, shortened: `status is 200, body.total is 3`; empty when it has none. */
  told(names: Names, last: Answer | undefined): string
  /** What an answer has to be for it, as far as that can be told. */
  wishes(): readonly Expect[]
}

/** Thrown by a template or an expression while a step runs; the engine makes it the step's failure. */
export class NameError extends Error {
  override readonly name = 'NameError'
}

/** A service as a Plan knows it: profile chosen, environment read, headers merged except for the step's. */
export interface ServicePlan {
  readonly name: string
  /** Without a slash at the end; scheme, host, port and perhaps a path. */
  readonly baseUrl: string
  /** `default_headers` with the service's laid over them; values are templates. */
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
  /** Sockets at most. */
  readonly connections: number
  readonly maxBodyBytes: number
  /** Besides the run's. */
  readonly rateLimit?: { readonly ratePerSecond: number; readonly burst: number }
  /** HTTP/2 where the service speaks it. */
  readonly http2?: boolean
  readonly tls?: TlsPlan
  /** What steps without their own get; undefined = turned off. */
  readonly retryAfter?: RetryAfter | undefined
}

/** Texts of PEM files; never written to disk. */
export interface TlsPlan {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  /** False: any certificate will do. */
  readonly rejectUnauthorized: boolean
}

/** What the compiler hands to an action. */
export interface Tools {
  /** The slot of the step being compiled. */
  readonly slot: number
  /** Simulated per real time. */
  readonly timeScale: number
  service(name: string): ServicePlan
  text(template: string): TextTemplate
  value(template: unknown): ValueTemplate
  /** @param called what it is in messages; a condition, if nothing is said */
  condition(source: string, called?: string): Condition
  /** The steps under one of the action's `nested` keys; none when the step has no such key. */
  steps(key: string): StepList
  /** A file that the scenario names, by the path it writes. */
  file(path: string): Uint8Array
  /** A function of a module that the scenario names; it is there once the run has begun. */
  callable(module: string, name: string): () => CallFunction
  /** The steps that come after it in its list. */
  following?(): readonly StepShape[]
}

/** The keys that every step has. */
export interface StepShape {
  readonly type: string
  readonly name: string
  readonly condition?: string | undefined
  readonly tags?: Readonly<Record<string, string>> | undefined
}

/** One kind of step. Adding one is a file with this and a line in `actions/index.ts`. */
export interface Action<Step extends StepShape = StepShape> {
  readonly type: Step['type']
  /** Strict; includes the keys that every step has (`stepKeys`). */
  readonly schema: z.ZodType<Step>
  /** The keys whose values are templates, text or JSON-like. */
  readonly templates: readonly (keyof Step & string)[]
  /** The keys whose values are CEL conditions, besides `condition`. */
  readonly conditions?: readonly (keyof Step & string)[]
  /** The keys whose values are lists of steps. */
  readonly nested?: readonly (keyof Step & string)[]
  /** Its `condition` chooses what it does, not whether it runs. */
  readonly ownsCondition?: boolean
  /** The names that later steps may use because of this one; not because of those inside it. */
  defines(step: Step): readonly string[]
  /**
   * How many requests it sends when all goes well.
   * @param inside the same of the steps under one of its `nested` keys
   */
  requests(step: Step, inside: (key: string) => number): number
  compile(step: Step, tools: Tools): StepRun
}
