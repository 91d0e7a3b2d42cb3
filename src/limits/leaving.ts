// How the wait in a queue of limits/ ends early: the waiter tells when its agent is stopped.

/** The part of an AbortSignal that is used. Agents implement it themselves: ten thousand signals would cost more. */
export interface Leaving {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}
