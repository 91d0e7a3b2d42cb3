// Steps inside steps: which keys of a step hold lists of steps, and the one walk over all of them that
// everybody takes. A step's own lists come right after it, in the order of its action's keys.

/** Whatever stands for a step, with what stands for the steps inside it, by the key they stand under. */
export interface Nesting<T> {
  readonly nested?: Readonly<Record<string, readonly T[]>> | undefined
}

/** All steps of a list on all levels, each before those inside it. */
export function allSteps<T extends Nesting<T>>(steps: readonly T[]): T[] {
  return steps.flatMap((step) => [step, ...allSteps(Object.values(step.nested ?? {}).flat())])
}
