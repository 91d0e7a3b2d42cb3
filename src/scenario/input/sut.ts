// The system under test as TypeScript writes it: its services, and what is different elsewhere.
// Made from the schemas by `npm run generate`: to change a key or its text, change its schema.

export interface SutInput {
  /** For people: it stands before and in every report. */
  readonly name?: string | undefined
  /** Headers of every request; templates. */
  readonly default_headers?: Readonly<Record<string, string | number | boolean>> | undefined
  /** Services by name. */
  readonly services: Readonly<Record<string, ServiceInput>>
  /** What is different elsewhere, by name. */
  readonly profiles?: Readonly<Record<string, ProfilesInput | null>> | undefined
  /** The profile when nobody chooses one. */
  readonly default_profile?: string | undefined
}

export interface ServiceInput extends ServiceKeys {
  /** Where it is; a template that may use `env.*` only; no query, no password. */
  readonly base_url: string
  /** How the test run brings it up; without it, it is expected to be there. */
  readonly start?: StartInput | undefined
}

export interface ServiceKeys {
  /** Laid over `default_headers`; templates. */
  readonly headers?: Readonly<Record<string, string | number | boolean>> | undefined
  /** For a whole request, and for opening a connection. Default: `30`. */
  readonly timeout_seconds?: number | undefined
  /** Connections at most. Default: as many as agents may act at once, at most 1,000. */
  readonly connections?: number | undefined
  /** A longer answer is cut off and has failed: `b kb mb gb`. Default: `16mb`. */
  readonly max_body?: string | undefined
  /** How often, and how long at most, `Retry-After` of a 429 or 503 is heeded; `false`: never. Default: `{ max_attempts: 3, max_wait: 30s }`. */
  readonly retry_after?: false | RetryAfterInput | undefined
  /** Requests per second to this service, besides the run's limit: both must let a request go. */
  readonly rate_limit_rps?: number | undefined
  /** How many may go at once after a lull. Default: a hundredth of the rate, at least 1 + 5 ms' worth. */
  readonly burst?: number | undefined
  /** HTTP/2, where the service agrees to it; needs https. A connection then carries many requests at a time. Default: `false`. */
  readonly http2?: boolean | undefined
  /** Certificates; the files lie beside the SUT, inside the project. */
  readonly tls?: TlsInput | undefined
}

export interface RetryAfterInput {
  /** Attempts in all, the first one included. Default: `3`. */
  readonly max_attempts?: number | undefined
  /** Before each; a longer `Retry-After` fails at once. Default: `30s`. */
  readonly max_wait?: string | undefined
}

export interface TlsInput {
  /** Who is trusted, instead of the authorities that Node knows. */
  readonly ca?: string | undefined
  /** The certificate to show; together with `key`. */
  readonly cert?: string | undefined
  /** The private key of `cert`. */
  readonly key?: string | undefined
  /** `false`: any certificate will do. Only for systems of your own. */
  readonly reject_unauthorized?: boolean | undefined
}

export interface StartInput {
  /** A line for the shell, or a program with its arguments; it runs as long as the service does. */
  readonly command: string | readonly string[]
  /** Behind `base_url`; ready is what answers below 500. Default: what accepts a connection at the port of `base_url`. */
  readonly ready?: string | undefined
  /** To become ready; then the scenario fails, with the last lines of output. Default: `30s`. */
  readonly timeout?: string | undefined
  /** Use what listens there already; `false`: that is an error. Default: `true`, in CI `false`. */
  readonly reuse?: boolean | undefined
  /** Laid over the environment. Default: none. */
  readonly env?: Readonly<Record<string, string | number | boolean>> | undefined
}

export interface ProfilesInput {
  /** Laid over those of the SUT. */
  readonly default_headers?: Readonly<Record<string, string | number | boolean>> | undefined
  /** Single fields of services, the same keys as there; `start: false` starts nothing. */
  readonly services?: Readonly<Record<string, ProfilesServicesInput | null>> | undefined
}

export interface ProfilesServicesInput extends ServiceKeys {
  /** Where it is; a template that may use `env.*` only; no query, no password. */
  readonly base_url?: string | undefined
  /** The same, instead of what the service says; `false` starts nothing. Default: the service's. */
  readonly start?: false | StartInput | undefined
}
