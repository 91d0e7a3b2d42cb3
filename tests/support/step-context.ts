// A StepContext that records what a step does and gives scripted answers, for tests of single steps.
import type { Answer, Judge, Request, StepContext, Tools } from '../../src/actions/action.ts'
import { actionOf, stepSchema } from '../../src/actions/index.ts'
import type { Failure } from '../../src/sample.ts'
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
}

export interface Setting {
  readonly vars?: Record<string, unknown>
  /** What the service answers, and what the last answer was. */
  readonly answer?: Answer
  /** Headers of the service. */
  readonly headers?: Record<string, string>
}

/** Runs one step, as it stands in a file, against one answer. */
export async function runStep(step: Record<string, unknown>, setting: Setting = {}): Promise<Ran> {
  const parsed = stepSchema.parse({
    name: 'step',
    ...(step['type'] === 'http' && { service: 'api', path: '/' }),
    ...step,
  })
  const ran = { requests: [] as Request[], checks: [] as boolean[], sleptMs: [] as number[] }
  const memory: Record<string, unknown> = {}
  const names = namesWith(setting.vars, { memory })
  const context: StepContext = {
    vars: names.vars,
    builtin: (name) => names.builtin(name),
    random: () => names.random(),
    last: setting.answer,
    request(_slot: number, request: Request, judge: Judge) {
      ran.requests.push(request)
      return Promise.resolve(judge(setting.answer ?? answerWith('{}'), context))
    },
    sleep(ms) {
      ran.sleptMs.push(ms)
      return Promise.resolve()
    },
    check: (_slot, held) => ran.checks.push(held),
    remember(name, value) {
      memory[name] = value
    },
  }
  const failure = await actionOf(parsed.type).compile(parsed, toolsWith(setting.headers ?? {}))(context)
  return { ...ran, failure, vars: names.vars, memory }
}

function toolsWith(headers: Record<string, string>): Tools {
  const service = {
    name: 'api',
    baseUrl: 'http://127.0.0.1:1',
    headers,
    timeoutMs: 1000,
    connections: 1,
    maxBodyBytes: 1000,
  }
  return { slot: 0, service: () => service, text: compileText, value: compileValue, condition: compileCondition }
}
