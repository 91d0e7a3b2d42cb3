// What steps have in common as TypeScript writes it: their keys, and what they expect of an answer or a variable.
// Made from the schemas by `npm run generate`: to change a key or its text, change its schema.

export interface StepKeys {
  /** The label in metrics; once in a flow; without `{ } " , : >`. */
  readonly name: string
  /** The step is skipped when it is false. */
  readonly condition?: string | undefined
  /** Labels for thresholds: `p95{area:payment}`. */
  readonly tags?: Readonly<Record<string, string>> | undefined
}

export interface ExpectInput extends OperatorsInput {
  /** The status. */
  readonly status_code?: number | string | readonly (number | string)[] | undefined
  /** A value of the answer's JSON, compared by `equals`, `gte` and the like; alone: it is there. */
  readonly jsonpath?: string | undefined
  /** A variable, e.g. `cart.items[0].id`, compared by `equals`, `gte` and the like; not with `jsonpath`. */
  readonly context_path?: string | undefined
  /** A header, compared likewise: `{ name: Location, matches: "^/carts/" }`. */
  readonly header?: HeaderInput | undefined
  /** The body has this text. */
  readonly body_contains?: string | undefined
  /** The service time is at most this. */
  readonly max_latency?: string | undefined
  /** What the JSON must be, by JSON Schema 2020-12; `{ $ref: ./order.schema.json }` names a file. */
  readonly schema?: boolean | Readonly<Record<string, unknown>> | undefined
  /** A condition that must hold: `size(body.items) == 3 && status < 300`. */
  readonly expression?: string | undefined
}

export interface HeaderInput extends OperatorsInput {
  /** Which header, whatever its case. */
  readonly name: string
}

export interface OperatorsInput {
  /** It is this; deep comparison, types included. */
  readonly equals?: unknown | undefined
  /** It is not this. */
  readonly not_equals?: unknown | undefined
  /** A text has this part, a list this item, a mapping this value. */
  readonly contains?: unknown | undefined
  /** Somewhere in it; RE2 syntax. */
  readonly matches?: string | undefined
  /** It is one of these. */
  readonly one_of?: readonly unknown[] | string | undefined
  /** It is there, or is not. Default: `true`, without other comparisons. */
  readonly exists?: boolean | undefined
  /** It is a number above this. */
  readonly gt?: number | string | undefined
  /** It is a number, at least this. */
  readonly gte?: number | string | undefined
  /** It is a number below this. */
  readonly lt?: number | string | undefined
  /** It is a number, at most this. */
  readonly lte?: number | string | undefined
  /** Of a text, a list, a mapping. */
  readonly length?: number | string | undefined
  /** What it is. */
  readonly type?: 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'object' | 'null' | undefined
}
