// Looks up a path of keys in a value. Own properties only: a service may well name a field `constructor`.

/** Keys of mappings, indexes of lists. */
export type Way = readonly (string | number)[]

/** Undefined when a key on the path does not exist. */
export function valueAt(root: unknown, way: Way): unknown {
  let value = root
  for (const key of way) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<string | number, unknown>)[key]
  }
  return value
}
