// One distribution of times in microseconds: an HdrHistogram with three significant digits, 1 µs to
// 1 h, with nearest-rank percentiles. All answers come from the counts alone, so a decoded one gives the same.
import { Int32Histogram, decodeFromCompressedBase64, encodeIntoCompressedBase64 } from 'hdr-histogram-js'
import { HIGHEST_US } from './metric.ts'

/** Enough for 131 ms; it grows by itself up to the hour, where it takes 93 KB. */
const FIRST_SIZE_US = 131_071
const DIGITS = 3

type Counts = Pick<
  Int32Histogram,
  | 'getCountAtIndex'
  | 'valueFromIndex'
  | 'medianEquivalentValue'
  | 'countsArrayIndex'
  | 'countsArrayLength'
  | 'totalCount'
  | 'maxValue'
  | 'reset'
>

/** Whole numbers up to here have 31 bits, and can be shifted. */
const SHIFTABLE_US = 2 ** 31
/** Three digits: values are told apart by their eleven highest bits. */
const HALF_BITS = 10

/** Where the library counts it. */
function indexOf(us: number): number {
  const shift = Math.max(0, 31 - HALF_BITS - Math.clz32(us))
  return (shift << HALF_BITS) + (us >>> shift)
}

export class Histogram {
  #counts: Int32Histogram
  #clamped = 0

  constructor() {
    this.#counts = new Int32Histogram(1, FIRST_SIZE_US, DIGITS)
    this.#counts.autoResize = true
  }

  /** Counts one time; a fraction is rounded, zero stays zero. Whoever hands in a NaN has a bug, and hears so. */
  record(us: number): void {
    if (!(us >= 0 && us < Infinity))
      throw new RangeError(`A time must be zero or more microseconds, not ${String(us)}.`)
    if (us > HIGHEST_US) {
      this.#clamped++
      this.#counts.recordValue(HIGHEST_US)
    } else this.#record(Math.round(us))
  }

  /** As the library's own, which takes logarithms and powers where two shifts do. */
  #record(us: number): void {
    const counts = this.#counts
    const index = us < SHIFTABLE_US ? indexOf(us) : Infinity
    if (index >= counts.countsArrayLength) return counts.recordValue(us)
    counts.incrementCountAtIndex(index)
    counts.updateMinAndMax(us)
    counts.incrementTotalCount()
  }

  get count(): number {
    return this.#counts.totalCount
  }

  /** How many recorded values were above the highest and are counted as it; not kept by `encode`. */
  get clamped(): number {
    return this.#clamped
  }

  /** Takes in all values of the other one. */
  add(other: Histogram): void {
    if (other.count > 0) this.#counts.add(other.#counts)
    this.#clamped += other.#clamped
  }

  /** Forgets all values and keeps the room. */
  reset(): void {
    this.#counts.reset()
    this.#clamped = 0
  }

  /** The value of this rank in ascending order, from 1; NaN when there is none. */
  atRank(rank: number): number {
    const counts = this.#counts
    let seen = 0
    for (let index = 0; index < counts.countsArrayLength; index++) {
      seen += counts.getCountAtIndex(index)
      if (seen >= rank && seen > 0) return valueAt(counts, index)
    }
    return Number.NaN
  }

  /** Nearest rank: the smallest value that at least `percent` percent of all values do not exceed. */
  percentile(percent: number): number {
    return this.atRank(nearestRank(percent, this.count))
  }

  get min(): number {
    return this.atRank(1)
  }

  get max(): number {
    return this.atRank(this.count)
  }

  get avg(): number {
    let sum = 0
    this.#each((value, count) => (sum += value * count))
    return sum / this.count
  }

  /** Of the whole population, not an estimate from a sample. */
  get stddev(): number {
    const avg = this.avg
    let sum = 0
    this.#each((value, count) => (sum += (value - avg) ** 2 * count))
    return Math.sqrt(sum / this.count)
  }

  /** HdrHistogram V2, compressed, base64. */
  encode(): string {
    return encodeIntoCompressedBase64(this.#counts)
  }

  static decode(text: string): Histogram {
    const histogram = new Histogram()
    const counts = decodeFromCompressedBase64(text, 32, false)
    if (!(counts instanceof Int32Histogram)) throw new TypeError('Not a histogram with 32-bit counts.')
    counts.autoResize = true
    histogram.#counts = counts
    return histogram
  }

  #each(visit: (value: number, count: number) => void): void {
    const counts = this.#counts
    const end = counts.countsArrayIndex(counts.maxValue)
    for (let index = 0; index <= end; index++) {
      const count = counts.getCountAtIndex(index)
      if (count > 0) visit(valueAt(counts, index), count)
    }
  }
}

/**
 * The middle of the range that is counted at this index. The range is less than 1/1024 of its values
 * wide, so this is off by less than 0.05 %; its top, which the library reports, by twice as much and always upwards.
 */
function valueAt(counts: Counts, index: number): number {
  return Math.min(counts.medianEquivalentValue(counts.valueFromIndex(index)), HIGHEST_US)
}

/** ceil(percent / 100 × count), at least 1. In whole numbers, because 99.9 / 100 × 1000 is a little more than 999. */
export function nearestRank(percent: number, count: number): number {
  const millionths = BigInt(Math.round(percent * 1_000_000))
  const rank = (millionths * BigInt(count) + 99_999_999n) / 100_000_000n
  return Math.max(1, Number(rank))
}
