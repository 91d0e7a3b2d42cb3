// What differs between iterations, and the faults put in on purpose, as TypeScript writes them.
// Made from the schemas by `npm run generate`: to change a key or its text, change its schema.

export interface VariationInput {
  /** Values by name: `{{variation.quantity}}`. Default: none. */
  readonly parameters?: Readonly<Record<string, ParametersInput>> | undefined
  /** Switches. Default: none. */
  readonly toggles?: readonly TogglesInput[] | undefined
  /** Waiting that differs. Default: none. */
  readonly timing?: TimingInput | undefined
}

export interface ParametersInput {
  /** `choice`: one of `values`; `range`: a number from `min` to `max`. */
  readonly type: 'choice' | 'range'
  /** Each is as likely as the others. */
  readonly values?: readonly unknown[] | undefined
  /** Both whole: a whole number is drawn. */
  readonly min?: number | undefined
  /** It can be drawn, too. */
  readonly max?: number | undefined
}

export interface TogglesInput {
  /** `{{variation.name}}` is true or false. */
  readonly name: string
  /** How probably it is true; 0 to 1. */
  readonly probability: number
}

export interface TimingInput {
  /** How much later an iteration begins. */
  readonly jitter_ms?: { readonly min: number; readonly max: number } | undefined
  /** What each step after the first waits. */
  readonly step_delay_ms?: { readonly min: number; readonly max: number } | undefined
}

export interface PressureInput {
  /** On every request. Default: none. */
  readonly global?: GlobalInput | undefined
  /** On requests to a service, laid over `global` field by field. Default: none. */
  readonly services?: Readonly<Record<string, GlobalInput>> | undefined
  /** On requests of a step, laid over both. Default: none. */
  readonly actions?: Readonly<Record<string, GlobalInput>> | undefined
}

export interface GlobalInput {
  /** Waited before each request is sent. */
  readonly latency_ms?: { readonly min: number; readonly max: number } | undefined
  /** How long an answer is waited for, injected latency included. */
  readonly timeout_after_ms?: number | undefined
  /** Of all attempts, how many get `error_status` instead of an answer; 0 to 1. Default: `0`. */
  readonly error_rate?: number | undefined
  /** What these get. Default: `503`. */
  readonly error_status?: number | undefined
  /** A retry storm: how often each request is sent again, whatever it was answered. Default: `0`. */
  readonly retry_count?: number | undefined
  /** Of all attempts, how many lose their connection before they are sent; 0 to 1. Default: `0`. */
  readonly reset_rate?: number | undefined
}
