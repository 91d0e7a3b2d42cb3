// Makes wrong scenario files out of right ones, from a seeded stream: as text (what typing and merging do)
// and as a tree of values (what generators and misunderstandings do).
import { parse, stringify } from 'yaml'
import type { Random } from '../../src/random.ts'

export type Mutation = (text: string, others: readonly string[], random: Random) => string

function pick<T>(random: Random, from: readonly T[]): T {
  return from[random.int(0, from.length - 1)] as T
}

/** Mostly one: what is wrong in one place should not hide behind another. */
const howOften = (random: Random): number => (random.next() < 0.6 ? 1 : random.int(2, 4))

/** Words of a text. */
const words = (text: string): string[] => text.trim().split(/\s+/)
const rowsOf = (text: string): string[] => text.trim().split('\n')

const TOKENS: readonly string[] = [
  words(
    '{ } [ ] {{ }} " \' : - # , | > ? ! % @ ` ... --- \\ \\x "\\ud800" &a *a ~ null true .nan .inf 0x1F 0o7 1e999 -0',
  ),
  words('{{env.X}} {{random_int( {{x.y[ $. $..* $[?@.a ( (((((((((( [^ \\1 __proto__ constructor toString'),
  rowsOf(
    `: \n- \n #\n&a \n<<: *a\n<<: \n!!binary \n!!timestamp \n!!set \n!!omap \n!x \n%YAML 1.1\n{{ a | default }}\np95 < 1s`,
  ),
  ['\t', '\r', '\r\n', '\n', '\n\n', '\u0000', '\uFEFF', '\uD800', '\u2028', '\u00A0', '😀'],
  ['9'.repeat(400), 'x'.repeat(5_000), '['.repeat(200), '{a: '.repeat(100), ' '.repeat(300), '&a [*a]'],
].flat()

const lineMutations: readonly ((lines: string[], at: number, random: Random) => void)[] = [
  (lines, at) => lines.splice(at, 1),
  (lines, at) => lines.splice(at, 0, lines[at] ?? ''),
  (lines, at, random) => lines.splice(random.int(0, lines.length), 0, ...lines.splice(at, 1)),
  (lines, at, random) => (lines[at] = ' '.repeat(random.int(0, 6)) + (lines[at] ?? '').trimStart()),
  (lines, at, random) => (lines[at] = (lines[at] ?? '').slice(0, random.int(0, (lines[at] ?? '').length))),
]

const textMutations: readonly Mutation[] = [
  (text, _, random) => {
    const at = random.int(0, text.length)
    return text.slice(0, at) + pick(random, TOKENS) + text.slice(at)
  },
  (text, _, random) => {
    const at = random.int(0, text.length)
    return text.slice(0, at) + text.slice(at + random.int(1, 12))
  },
  (text, _, random) => {
    const at = random.int(0, Math.max(0, text.length - 1))
    return text.slice(0, at) + String.fromCharCode(random.int(1, 255)) + text.slice(at + 1)
  },
  (text, _, random) => {
    const lines = text.split('\n')
    pick(random, lineMutations)(lines, random.int(0, lines.length - 1), random)
    return lines.join('\n')
  },
  (text, others, random) => {
    const other = pick(random, others)
    const from = random.int(0, other.length)
    const at = random.int(0, text.length)
    return text.slice(0, at) + other.slice(from, from + random.int(1, 200)) + text.slice(at)
  },
]

/** One to four changes of the text. */
export const mutateText: Mutation = (text, others, random) => {
  let changed = text
  for (let left = howOften(random); left > 0; left--) changed = pick(random, textMutations)(changed, others, random)
  return changed
}

const VALUES: readonly unknown[] = [
  [null, true, false, 0, -1, 1, 0.5, 1e308, -0, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, 10n ** 30n],
  words(
    'x 0 1s 1e3s -1s 0ms 2xx 9xx GET __proto__ constructor {{ }} {{}} {{x}} {{env.X}} {{env}} {{env.__proto__}} {{a}',
  ),
  words('{{random_int(1)}} {{random_int(2,1)}} {{random_choice()}} {{last_response.body.a.b}} {{memory.x}} {{x|nope}}'),
  words('$ $. $.. $[*] $[?@.a==1] $[?match(@.a,"(")] $[99999999999999999999] ( [ (?=x) a{99999} >< ((((1)))) x.y.z'),
  words('p95{step:x p95<1s p0<1s p95{cycle:99}<1s rps>=1 errors==0 latency<1 a==b==c http:// ftp://x ./x.yaml'),
  words('./shop.sut.yaml ../../../etc/passwd size("")'),
  rowsOf(`cycle > \n1 + \n"a" + 1 > 2\ntrue && false\nhttp://a b\n{{ }}\n{{x | round: 999}}`),
  ['', ' ', '\u0000', '\uD800', '😀', 'x'.repeat(10_000), '{{x}}'.repeat(500), `${'9'.repeat(400)}h`],
  [[], {}, [[]], [{}], [null], { a: null }, { '': 1 }, [1, 'a', null], { type: 'http' }, { type: 'nope' }],
  [{ iterations: 1, duration: '1s' }, { rate: '50/s', duration: '1s' }, { min: '2s', max: '1s' }, { count: 1e9 }],
  [{ path: '$.a', header: 'x' }, { max_attempts: -1 }, { exists: true }, { name: 'x', equals: {} }, new Date(0)],
].flat()

const KEYS: readonly string[] = [
  ['', ' ', 'a b'],
  words('__proto__ constructor toString hasOwnProperty << a.b 0 id type name flow flows agents sut expect json body'),
  words('setup assertions thresholds simulation condition retry_after workload vars count services profiles base_url'),
  words('tags extract for'),
].flat()

/** A place in a tree: what holds it, and under which key. */
interface Spot {
  readonly holder: Map<unknown, unknown> | unknown[]
  readonly key: unknown
}

function spotsOf(value: unknown, into: Spot[] = []): Spot[] {
  const entries = value instanceof Map || Array.isArray(value) ? [...value.entries()] : []
  for (const [key, below] of entries) {
    into.push({ holder: value as Spot['holder'], key })
    spotsOf(below, into)
  }
  return into
}

function read({ holder, key }: Spot): unknown {
  return holder instanceof Map ? holder.get(key) : holder[key as number]
}

function write({ holder, key }: Spot, value: unknown): void {
  if (holder instanceof Map) holder.set(key, value)
  else holder[key as number] = value
}

function remove({ holder, key }: Spot): void {
  if (holder instanceof Map) holder.delete(key)
  else holder.splice(key as number, 1)
}

/** `other`: a value from another file, of this key if there is one. */
type TreeMutation = (spot: Spot, other: (key?: unknown) => unknown, random: Random) => void

const treeMutations: readonly TreeMutation[] = [
  (spot, _, random) => write(spot, pick(random, VALUES)),
  (spot, _, random) => write(spot, pick(random, VALUES)),
  (spot) => remove(spot),
  (spot, other) => write(spot, other(spot.key)),
  (spot, other) => write(spot, other(spot.key)),
  (spot, other) => write(spot, other()),
  (spot) => write(spot, [read(spot)]),
  (spot, _, random) => write(spot, new Map([[pick(random, KEYS), read(spot)]])),
  (spot, _, random) => {
    const value = read(spot)
    remove(spot)
    if (spot.holder instanceof Map) spot.holder.set(pick(random, KEYS), value)
  },
  ({ holder }, other, random) => {
    if (holder instanceof Map) holder.set(pick(random, KEYS), random.next() < 0.5 ? pick(random, VALUES) : other())
    else holder.push(other())
  },
  (spot, _, random) => {
    let value = read(spot)
    for (let depth = random.int(1, 80); depth > 0; depth--) value = [value]
    write(spot, value)
  },
]

/** One to four changes of what the text means; a text that means nothing is changed as text. */
export const mutateTree: Mutation = (text, others, random) => {
  const tree: unknown = parse(text, { mapAsMap: true, logLevel: 'silent' })
  const other = (key?: unknown): unknown => {
    const spots = spotsOf(parse(pick(random, others), { mapAsMap: true, logLevel: 'silent' }))
    const same = spots.filter((spot) => spot.key === key)
    return spots.length === 0 ? null : read(pick(random, same.length > 0 ? same : spots))
  }
  for (let left = howOften(random); left > 0; left--) {
    const spots = spotsOf(tree)
    if (spots.length > 0) pick(random, treeMutations)(pick(random, spots), other, random)
  }
  return stringify(tree, { aliasDuplicateObjects: random.next() < 0.5 })
}
