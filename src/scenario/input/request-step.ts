// The steps that send requests as TypeScript writes them, and what stands in them.
// Made from the schemas by `npm run generate`: to change a key or its text, change its schema.
import type { RetryAfterInput } from './sut.ts'
import type { ExpectInput, StepKeys } from './step-keys.ts'

/** Sends one request. */
export interface HttpInput extends StepKeys, RequestInput {
  readonly type: 'http'
  /** Sent as a browser sends a form, URL-encoded; a list gives a name several times; templates. */
  readonly form?: Readonly<Record<string, string | number | boolean | null | readonly (string | number | boolean)[]>> | undefined
  /** Sent as a browser sends a form with files: texts, or `{ file, filename, content_type }`; templates. */
  readonly multipart?: Readonly<Record<string, string | number | boolean | MultipartInput | readonly (string | number | boolean | MultipartInput)[]>> | undefined
  /** For each attempt, from the moment it begins to be sent. Default: the service's. */
  readonly timeout?: string | undefined
  /** So many redirects are followed, to services of the SUT. Default: `0`. */
  readonly redirects?: number | undefined
  /** Which ends are tried again, how often and when. */
  readonly retry?: RetryInput | undefined
  /** How often, and how long at most, Retry-After of a 429 or 503 is heeded; `false`: never. Default: the service's. */
  readonly retry_after?: false | RetryAfterInput | undefined
}

/** Sends its request again and again until the answer is as expected. */
export interface WaitInput extends StepKeys, RequestInput {
  readonly type: 'wait'
  /** From the end of one poll to the next. */
  readonly interval_seconds?: number | undefined
  /** Until then `expect` must hold; the step fails with the last answer. */
  readonly timeout_seconds?: number | undefined
}

export interface RequestInput {
  /** A service of the SUT. Default: the only one. */
  readonly service?: string | undefined
  /** The method. Default: `GET`. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS' | undefined
  /** Begins with `/`; behind the service's `base_url`. */
  readonly path: string
  /** Laid over the service's; templates. */
  readonly headers?: Readonly<Record<string, string | number | boolean>> | undefined
  /** Values are encoded; a list gives the name several times, `null` leaves it out. */
  readonly query?: Readonly<Record<string, string | number | boolean | null | readonly (string | number | boolean)[]>> | undefined
  /** Sent as JSON, with `content-type: application/json`; templates inside. */
  readonly json?: unknown | undefined
  /** Text: sent as it is; a mapping or a list: as `json` is. */
  readonly body?: string | Readonly<Record<string, unknown>> | readonly unknown[] | undefined
  /** Values of the answer for later steps. */
  readonly extract?: Readonly<Record<string, string | ExtractInput>> | undefined
  /** What the answer must be. Default: 2xx. */
  readonly expect?: ExpectInput | undefined
  /** The answer when no service is asked (`TURBULENCE_MOCK=api`). Default: one that lets the step succeed. */
  readonly mock?: MockInput | undefined
}

export interface ExtractInput {
  /** Where it is; one with wildcards or filters gives a list. */
  readonly path?: string | undefined
  /** A header's value, instead. */
  readonly header?: string | undefined
  /** What it finds first in the body as text, instead; RE2 syntax. */
  readonly regex?: string | undefined
  /** Which of its groups; `0` is all of it. Default: `1`, without groups `0`. */
  readonly group?: number | undefined
  /** What to take when nothing is found. Default: none: the step fails. */
  readonly default?: unknown | undefined
}

export interface MockInput {
  /** The status of the answer. Default: the first one that `expect` allows, else 200. */
  readonly status?: number | undefined
  /** Its body, as JSON; templates. Default: one that `expect` and `extract` are content with. */
  readonly json?: unknown | undefined
  /** Its body as text, instead of `json`; a template. */
  readonly body?: string | undefined
  /** Headers of the answer; templates. Default: those that `expect` and `extract` name. */
  readonly headers?: Readonly<Record<string, string | number | boolean>> | undefined
  /** How long the answer takes. Default: `1ms`. */
  readonly latency?: string | undefined
}

export interface MultipartInput {
  /** Relative to the scenario file. */
  readonly file: string
  /** The name that is sent. Default: the file's. */
  readonly filename?: string | undefined
  /** Of this part. Default: `application/octet-stream`. */
  readonly content_type?: string | undefined
}

export interface RetryInput {
  /** In all, the first one included. */
  readonly max_attempts?: number | undefined
  /** Answers that are tried again, unless the step expects them: `503`, `5xx`. */
  readonly on_status?: readonly (number | string)[] | undefined
  /** Whether no answer in time is. */
  readonly on_timeout?: boolean | undefined
  /** Whether a connection that failed or broke is. */
  readonly on_connection_error?: boolean | undefined
  /** `fixed`: always `delay_ms`; `exponential`: twice as long each time. */
  readonly backoff?: 'fixed' | 'exponential' | undefined
  /** Before each attempt, with `fixed`. Default: `1000`. */
  readonly delay_ms?: number | undefined
  /** Before the second attempt, with `exponential`. Default: `100`. */
  readonly base_delay_ms?: number | undefined
  /** Never longer than this, with `exponential`. Default: `30000`. */
  readonly max_delay_ms?: number | undefined
  /** The share of each delay that is drawn, 0 to 1; `true` is all of it. */
  readonly jitter?: boolean | number | undefined
}
