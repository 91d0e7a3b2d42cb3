// Whoever waits for its turn and may leave before it comes.

/** Tells that somebody does not wait any more: an AbortSignal, or what costs less for each of ten thousand agents. */
export interface Leaving {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}
