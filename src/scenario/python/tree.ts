// The tree of a Python expression.

export type Python =
  | { readonly is: 'value'; readonly value: string | number | boolean | null }
  | { readonly is: 'name'; readonly name: string }
  | { readonly is: 'template'; readonly source: string }
  | { readonly is: 'attribute'; readonly of: Python; readonly name: string }
  | { readonly is: 'item'; readonly of: Python; readonly key: Python }
  | { readonly is: 'call'; readonly of: Python; readonly args: readonly Python[] }
  | { readonly is: 'not' | 'minus'; readonly of: Python }
  | { readonly is: 'and' | 'or'; readonly left: Python; readonly right: Python }
  | { readonly is: 'arithmetic'; readonly sign: string; readonly left: Python; readonly right: Python }
  | { readonly is: 'compare'; readonly first: Python; readonly rest: readonly Comparison[] }
  | { readonly is: 'choice'; readonly when: Python; readonly yes: Python; readonly no: Python }
  | { readonly is: 'list'; readonly items: readonly Python[] }
  | { readonly is: 'mapping'; readonly entries: readonly (readonly [Python, Python])[] }
  | { readonly is: 'text'; readonly parts: readonly (string | Python)[] }
  | Loop

export interface Comparison {
  readonly sign: string
  readonly right: Python
}

/** `[item for variable in over if when]`, with or without the brackets. */
export interface Loop {
  readonly is: 'loop'
  readonly item: Python
  readonly variable: string
  readonly over: Python
  readonly when: Python | undefined
}
