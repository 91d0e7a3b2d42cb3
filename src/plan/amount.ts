// A number that is not always fixed before the run, and what may be done with it.

export interface Amount {
  /** When every step runs and succeeds the first time. */
  readonly expected: number
  readonly least: number
  /** `null` where answers decide how often something is done again. */
  readonly most: number | null
}

export const NONE: Amount = { expected: 0, least: 0, most: 0 }
export const ONCE: Amount = { expected: 1, least: 1, most: 1 }

export function fixed(count: number): Amount {
  return { expected: count, least: count, most: count }
}

export function times({ expected, least, most }: Amount, by: number): Amount {
  return { expected: expected * by, least: least * by, most: most === null ? null : most * by }
}

export function plus(a: Amount, b: Amount): Amount {
  const most = a.most === null || b.most === null ? null : a.most + b.most
  return { expected: a.expected + b.expected, least: a.least + b.least, most }
}

/** Each of so many, so many times. */
export function product(a: Amount, b: Amount): Amount {
  const most = a.most === null || b.most === null ? null : a.most * b.most
  return { expected: a.expected * b.expected, least: a.least * b.least, most }
}

/** The amount of any one of them: the average, the least and the greatest. */
export function anyOf(amounts: readonly Amount[]): Amount {
  if (amounts.length === 0) return NONE
  const sum = amounts.reduce(plus)
  const most = amounts.reduce((max: number | null, one) => {
    return max === null || one.most === null ? null : Math.max(max, one.most)
  }, 0)
  return { expected: sum.expected / amounts.length, least: Math.min(...amounts.map(({ least }) => least)), most }
}
