// The steps of a flow as TypeScript writes them; those that send requests are request-step.ts.
// Made from the schemas by `npm run generate`: to change a key or its text, change its schema.
import type { ExpectInput, StepKeys } from './step-keys.ts'
import type { HttpInput, WaitInput } from './request-step.ts'

/** One step of a flow. */
export type StepInput = HttpInput | WaitInput | AssertInput | BranchInput | DecideInput | RepeatInput | SetInput | PauseInput | CallInput

/** Checks the last answer of this iteration, or variables; sends nothing. */
export interface AssertInput extends StepKeys {
  readonly type: 'assert'
  /** What must be. */
  readonly expect: ExpectInput
}

/** A final assertion: a step of type `assert` that need not say so. */
export type AssertionInput = Omit<AssertInput, 'type'> & { readonly type?: 'assert' }

/** One of two lists of steps, by a condition. */
export interface BranchInput extends StepKeys {
  readonly type: 'branch'
  /** The step is skipped when it is false. */
  readonly condition: string
  /** Run when the condition holds. */
  readonly if_true?: readonly StepInput[] | undefined
  /** Run when it does not. */
  readonly if_false?: readonly StepInput[] | undefined
}

/** One of several names, by their weights. */
export interface DecideInput extends StepKeys {
  readonly type: 'decide'
  /** What is decided: its name in the group's `policy`. */
  readonly decision: string
  /** The variable that gets the chosen name. Default: the name of the decision, and `decision_result`. */
  readonly output_var?: string | undefined
  /** Whose policy of the policies file decides: a `persona_id`. Default: that of the group's name, else the first. */
  readonly policy_ref?: string | undefined
  /** Names and how likely each is against the others. Default: those of the group's `policy`. */
  readonly options?: Readonly<Record<string, number>> | undefined
}

/** Its steps again and again. */
export interface RepeatInput extends StepKeys {
  readonly type: 'repeat'
  /** So many rounds; a number or a template. */
  readonly times?: number | string | undefined
  /** Another round as long as it holds before it. */
  readonly while?: string | undefined
  /** One round for each item; a list or a template. */
  readonly for_each?: readonly unknown[] | string | undefined
  /** The name of the item, with `for_each`. */
  readonly as?: string | undefined
  /** More rounds than this fail the step, unless the file itself says how many there are. */
  readonly max?: number | undefined
  /** What is done in each round. */
  readonly steps: readonly StepInput[]
}

/** Gives variables values. */
export interface SetInput extends StepKeys {
  readonly type: 'set'
  /** Names and values; templates. */
  readonly vars: Readonly<Record<string, unknown>>
  /** `iteration`: `{{name}}` in this iteration; `agent`: `{{memory.name}}`, kept across cycles. */
  readonly scope?: 'iteration' | 'agent' | undefined
}

/** Think time. */
export interface PauseInput extends StepKeys {
  readonly type: 'pause'
  /** How long; a range is drawn anew each time. */
  readonly for: string | { readonly min: string; readonly max: string }
  /** So long in simulated time: divided by `time_scale`. */
  readonly simulated?: boolean | undefined
}

/** A function of your own module. */
export interface CallInput extends StepKeys {
  readonly type: 'call'
  /** Your TypeScript or JavaScript; relative to this file, or as your Vite config resolves it. */
  readonly module: string
  /** Which of its functions. */
  readonly export?: string | undefined
  /** Handed to it as `args`; templates. */
  readonly args?: Readonly<Record<string, unknown>> | undefined
  /** Names that it sets, for later steps. */
  readonly sets?: readonly string[] | undefined
  /** What it records, for thresholds: a name and `trend`, `rate` or `counter`. */
  readonly metrics?: Readonly<Record<string, 'trend' | 'rate' | 'counter'>> | undefined
  /** How long it may take. Default: `30s`. */
  readonly timeout?: string | undefined
}
