// A JSON document made to hold values at given paths. Plain paths, wildcards, indices and `..name` can be
// gone; for a filter nobody can say what would hold, so there the way ends.
import { valueAt } from './value-at.ts'
import type { Way } from './value-at.ts'

const SEGMENT =
  /^(?:(?<deep>\.\.)|\.)(?:(?<name>[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)|(?<any>\*))|^(?<descent>\.\.)?\[(?:'(?<single>[^'\\]*)'|"(?<double>[^"\\]*)"|(?<index>-?\d+)|(?<all>\*)|(?<slice>-?\d*:-?\d*(?::-?\d*)?))\]/

/** The way to one value that the path finds; undefined when it cannot be told. */
export function wayOf(path: string): Way | undefined {
  const way: (string | number)[] = []
  let rest = path.slice(1)
  while (rest !== '') {
    const found = SEGMENT.exec(rest)
    if (found === null) return undefined
    const { name, single, double, index, slice } = found.groups ?? {}
    const text = name ?? single ?? double
    if (text !== undefined) way.push(text)
    else if (index !== undefined) way.push(Math.max(0, Number(index)))
    else way.push(slice === undefined ? 0 : Math.max(0, Number.parseInt(slice, 10) || 0))
    rest = rest.slice(found[0].length)
  }
  return way
}

/** Longer lists than this are not made up. */
const MOST_ITEMS = 1000

/** The document with the value there; undefined when something else is in the way. */
export function withValue(root: unknown, way: Way, value: unknown): { readonly root: unknown } | undefined {
  const [key, ...rest] = way
  if (key === undefined) return { root: value }
  const holder = root === undefined ? (typeof key === 'number' ? [] : {}) : root
  if (typeof holder !== 'object' || holder === null || Array.isArray(holder) !== (typeof key === 'number'))
    return undefined
  if (typeof key === 'number' && key > MOST_ITEMS) return undefined
  const inside = withValue(valueAt(holder, [key]), rest, value)
  if (inside === undefined) return undefined
  if (!Array.isArray(holder)) return { root: Object.fromEntries([...Object.entries(holder), [key, inside.root]]) }
  const list: unknown[] = [...(holder as unknown[])]
  // Items before the wanted one look like it.
  while (list.length < Number(key)) list.push(inside.root)
  list[Number(key)] = inside.root
  return { root: list }
}
