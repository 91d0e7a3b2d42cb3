// An observer of an engine that hears nothing but what a test lays over it.
import type { Observer } from '../../src/engine/observer.ts'

export const anObserver = (more: Partial<Observer> = {}): Observer => ({
  sample: () => undefined,
  check: () => undefined,
  measurement: () => undefined,
  iteration: () => undefined,
  dropped: () => undefined,
  failure: () => undefined,
  ...more,
})
