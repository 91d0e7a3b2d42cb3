// How much work the language does with what a file and a service chose, counted, not timed: a stretch is what
// runs until other agents get their turn, and one that takes too much is given up. What is too much costs the
// same on every machine and in every run, so that the same step fails everywhere.

/** A unit is about what looking at one value costs, some 20 ns. */
const MOST_OF_A_STRETCH = 1_000_000
/** After so much, over all agents, the event loop is due. */
const TIRING = 200_000

/** The step asked for more work than there may be; its text says what was worked on. */
export class EffortError extends Error {
  override readonly name = 'EffortError'
}

const tooMuch = new EffortError('it takes too much work: too much data for what is asked of it')

/** Nobody counts outside of a run. */
let left = Infinity
let sinceTurn = 0

/** @throws EffortError always the same, because loops inside the language try again */
export function spend(units: number): void {
  sinceTurn += units
  left -= units
  if (left < 0) throw tooMuch
}

/** What follows is one stretch, until something is awaited. */
export function beginStretch(): void {
  left = MOST_OF_A_STRETCH
}

/** What follows is not the language's. */
export function endStretch(): void {
  left = Infinity
}

/** Whether others should get their turn before anything else is done. */
export function isTired(): boolean {
  return sinceTurn > TIRING
}

/** They had it. */
export function rested(): void {
  sinceTurn = 0
}
