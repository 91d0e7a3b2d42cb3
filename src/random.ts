// Seeded randomness, the only file that touches it. A stream is derived from the seed and a name,
// never from the order of draws, so that concurrency cannot change what an agent does.
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'
import { randomInt } from 'node:crypto'

/** A stream of random numbers. */
export interface Random {
  /** A float in [0, 1), 53 bits. */
  next(): number
  /** An integer in [min, max], both included and both safe integers. */
  int(min: number, max: number): number
  /** A version 4 UUID. */
  uuid(): string
}

/** Makes streams: the same seed and name always give the same stream. */
export class Seed {
  readonly value: number

  /** @param value an integer from 0 to 2³² − 1 */
  constructor(value: number) {
    this.value = value >>> 0
  }

  /** The stream of this name, from its beginning. */
  stream(name: string): Random {
    const [a, b, c, d] = hash128(name, this.value)
    // An all-zero state would only ever give zeros.
    return new Stream([a, b, c, d | 1])
  }
}

/** A seed for a run that was given none. */
export function drawSeed(): number {
  return randomInt(0, 2 ** 31)
}

class Stream implements Random {
  readonly #generator: ReturnType<typeof xoroshiro128plusFromState>

  constructor(state: readonly [number, number, number, number]) {
    this.#generator = xoroshiro128plusFromState(state)
  }

  next(): number {
    const high = this.#generator.next() >>> 5
    const low = this.#generator.next() >>> 6
    return (high * 67_108_864 + low) / 9_007_199_254_740_992
  }

  int(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1))
  }

  uuid(): string {
    const generator = this.#generator
    const [a, b, c, d] = [generator.next(), generator.next(), generator.next(), generator.next()]
    const version = (b & 0xffff_0fff) | 0x4000
    const variant = (c & 0x3fff_ffff) | 0x8000_0000
    return `${high(a)}${low(a)}-${high(b)}-${low(version)}-${high(variant)}-${low(c)}${high(d)}${low(d)}`
  }
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
const high = (word: number): string => `${HEX[word >>> 24]}${HEX[(word >>> 16) & 255]}`
const low = (word: number): string => `${HEX[(word >>> 8) & 255]}${HEX[word & 255]}`

/** 128 bits from a text and a seed: four FNV-1a lanes with different offsets, each finished by murmur3's mixer. */
function hash128(text: string, seed: number): [number, number, number, number] {
  let a = 0x811c9dc5 ^ seed
  let b = 0x01000193 ^ Math.imul(seed, 0x9e3779b1)
  let c = 0x9e3779b9 ^ Math.imul(seed, 0x85ebca6b)
  let d = 0x7f4a7c15 ^ Math.imul(seed, 0xc2b2ae35)
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    a = Math.imul(a ^ unit, 0x01000193)
    b = Math.imul(b ^ unit, 0x5bd1e995)
    c = Math.imul(c ^ unit, 0x1b873593)
    d = Math.imul(d ^ unit, 0xcc9e2d51)
  }
  return [mix(a ^ (d >>> 7)), mix(b ^ (a >>> 11)), mix(c ^ (b >>> 13)), mix(d ^ (c >>> 9))]
}

function mix(value: number): number {
  let h = value ^ (value >>> 16)
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return h ^ (h >>> 16)
}
