// How sure a percentile is: the 95 % interval by order statistics. It needs no assumption about the
// distribution, only independent samples, and gives ranks; whoever has the values looks them up.

/** Ranks in ascending order, from 1; undefined where the samples bound nothing on that side. */
export interface RankInterval {
  readonly low: number | undefined
  readonly high: number | undefined
}

/** On each side. */
const TAIL = 0.025
/** The 97.5th percentile of the standard normal distribution. */
const Z = 1.959964
/** Up to this many samples expected beyond the percentile the binomial is summed, above it is as good as normal. */
const EXACT_UP_TO = 2000

/**
 * The number B of samples not above the true percentile is binomial (n, p), so the true value lies
 * between the samples of rank l and u with probability P(l ≤ B < u): l and u leave at most 2.5 % on
 * each side. David and Nagaraja, Order Statistics, 3rd ed., section 7.1.
 * @param percent 95 for p95
 */
export function percentileInterval(count: number, percent: number): RankInterval {
  const p = percent / 100
  // Counting from the nearer end keeps the sum short; the ranks are mirrored afterwards.
  const near = Math.min(p, 1 - p)
  const { low, high } = count * near <= EXACT_UP_TO ? exactRanks(count, near) : normalRanks(count, near)
  const [from, to] = p <= 0.5 ? [low, high] : [count + 1 - high, count + 1 - low]
  return { low: from >= 1 ? from : undefined, high: to <= count ? to : undefined }
}

/** `low`: the largest l with P(B < l) ≤ 2.5 %; `high`: the smallest u with P(B ≥ u) ≤ 2.5 %. */
function exactRanks(count: number, p: number): { low: number; high: number } {
  let logMass = count * Math.log1p(-p)
  let below = 0
  let low = 0
  for (let k = 0; k <= count; k++) {
    // Here `below` is P(B < k).
    if (below <= TAIL) low = k
    if (below >= 1 - TAIL) return { low, high: k }
    below += Math.exp(logMass)
    logMass += Math.log((count - k) / (k + 1)) + Math.log(p / (1 - p))
  }
  return { low, high: count + 1 }
}

function normalRanks(count: number, p: number): { low: number; high: number } {
  const mean = count * p
  const reach = Z * Math.sqrt(mean * (1 - p))
  // Half a sample outwards is the continuity correction.
  return { low: Math.floor(mean - reach + 0.5), high: Math.ceil(mean + reach + 0.5) }
}
