// What stands behind some keys of a value: own properties only, whatever people or services name theirs.

/** Keys of mappings, indexes of lists. */
export type Way = readonly (string | number)[]

/** Undefined when the way leads nowhere. */
export function valueAt(root: unknown, way: Way): unknown {
  let value = root
  for (const key of way) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<string | number, unknown>)[key]
  }
  return value
}
