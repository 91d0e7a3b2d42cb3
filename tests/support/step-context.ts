// A StepContext that records what a step does and gives scripted answers, for tests of single steps.
import type { Answer, Judge, Request, StepContext, StepList, Tools } from '../../src/actions/action.ts'
import type { CallFunction } from '../../src/actions/call.ts'
import { actionOf, stepSchema } from '../../src/actions/index.ts'
import type { Failure, Measurement } from '../../src/sample.ts'
import { compileCondition } from '../../src/scenario/condition.ts'
import { compileText, compileValue } from '../../src/scenario/template.ts'
import { answerWith, namesWith } from './agent-names.ts'

export interface Ran {
  readonly failure: Failure | undefined
  readonly requests: readonly Request[]
  readonly checks: readonly boolean[]
  readonly vars: Record<string, unknown>
  readonly memory: Record<string, unknown>
  readonly sleptMs: readonly number[]
  readonly measurements: readonly Measurement[]
  /** The lists of steps that were run, by key, with the round. */
  readonly inside: readonly (readonly [key: string, round: number | undefined])[]
}

export interface Setting {
  readonly vars?: Record<string, unknown>
  /** What the service answers, and what the last answer was. */
  readonly answer?: Answer
  /** One after the other, the last one for ever; instead of `answer`. */
  readonly answers?: readonly Answer[]
  /** How each request fails that is not answered. */
  readonly fault?: Failure
  /** Headers of the service. */
  readonly headers?: Record<string, string>
  readonly policy?: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** What a `call` step calls. */
  readonly callable?: CallFunction
  readonly files?: Readonly<Record<string, Uint8Array>>
  /** Called for each list of steps that is run; false = the iteration is over. */
  readonly runSteps?: (vars: Record<string, unknown>, round: number | undefined) => boolean
  readonly signal?: AbortSignal
}

/** Runs one step, as it stands in a file, against one answer. */
export async function runStep(step: Record<string, unknown>, setting: Setting = {}): Promise<Ran> {
  const isSending = step['type'] === 'http' || step['type'] === 'wait'
  const parsed = stepSchema.parse({ name: 'step', ...(isSending && { service: 'api', path: '/' }), ...step })
  const { context, ran } = contextWith(setting)
  const failure = await actionOf(parsed.type).compile(parsed, toolsWith(setting))(context)
  return { ...ran, failure }
}

type Recording = {
  -readonly [Key in keyof Omit<Ran, 'failure'>]: Ran[Key] extends readonly (infer T)[] ? T[] : Ran[Key]
}

function contextWith(setting: Setting): { context: StepContext; ran: Recording } {
  const memory: Record<string, unknown> = {}
  const names = namesWith(setting.vars, { memory })
  const ran: Recording = {
    requests: [],
    checks: [],
    vars: names.vars,
    memory,
    sleptMs: [],
    measurements: [],
    inside: [],
  }
  let now = 0
  const context: StepContext = {
    vars: names.vars,
    builtin: (name) => names.builtin(name),
    random: () => names.random(),
    last: setting.answer,
    request(_slot: number, request: Request, judge: Judge) {
      const answer = setting.answers?.[Math.min(ran.requests.length, setting.answers.length - 1)] ?? setting.answer
      ran.requests.push(request)
      if (setting.fault !== undefined) return Promise.resolve(setting.fault)
      return Promise.resolve(judge(answer ?? answerWith('{}'), context))
    },
    sleep(ms) {
      ran.sleptMs.push(ms)
      now += ms
      return Promise.resolve()
    },
    now: () => now,
    signal: setting.signal ?? new AbortController().signal,
    check: (_slot, held) => ran.checks.push(held),
    record: (_slot, measurement) => ran.measurements.push(measurement),
    within: async (work) => {
      await work
      return 'done'
    },
    remember(name, value) {
      memory[name] = value
    },
    policy: (decision) => setting.policy?.[decision],
    runSteps(steps: Named, round) {
      ran.inside.push([steps.key, round])
      return Promise.resolve(setting.runSteps?.(names.vars, round) ?? true)
    },
  }
  return { context, ran }
}

interface Named extends StepList {
  readonly key: string
}

export function toolsWith({ headers = {}, callable, files = {} }: Setting = {}): Tools {
  const service = {
    name: 'api',
    baseUrl: 'http://127.0.0.1:1',
    headers,
    timeoutMs: 1000,
    connections: 1,
    maxBodyBytes: 1000,
  }
  return {
    slot: 0,
    timeScale: 1,
    service: () => service,
    text: compileText,
    value: compileValue,
    condition: compileCondition,
    steps: (key): Named => ({ length: 1, key }),
    file: (path) => files[path] ?? new Uint8Array(),
    callable: () => () => callable ?? (() => undefined),
  }
}
