// What whoever waits in a queue of limits/ offers, so that the wait can end early: when its agent is stopped.

/** The part of an AbortSignal that is used. Agents implement it themselves: ten thousand signals would cost more. */
export interface Leaving {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}
