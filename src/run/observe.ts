// Where what the engine says goes: numbers to the metrics, reasons to the causes.
import type { Observer } from '../engine/observer.ts'
import type { Collector } from '../metrics/collector.ts'
import type { CauseBook } from './cause-book.ts'

export function observe(collector: Collector, causes: CauseBook): Observer {
  return {
    sample: (sample) => collector.sample(sample),
    check: (slot, held) => collector.check(slot, held),
    iteration: (iteration) => collector.iteration(iteration),
    dropped: (group, cycle) => collector.dropped(group, cycle),
    failure: (failure) => causes.add(failure),
  }
}
