// Who hears what the engine tells: the metrics, the causes, and the records of the run's folder.
import type { Observer } from '../engine/observer.ts'
import type { Collector } from '../metrics/collector.ts'
import type { CauseBook } from './cause-book.ts'
import type { Records } from './records.ts'

export function listener(collector: Collector, causes: CauseBook, records: Records | undefined): Observer {
  return {
    sample: (sample) => collector.sample(sample),
    check: (slot, held) => collector.check(slot, held),
    measurement: (slot, measurement) => collector.measurement(slot, measurement),
    iteration: (iteration, by) => {
      collector.iteration(iteration)
      records?.iteration(iteration, by)
    },
    dropped: (group, cycle) => collector.dropped(group, cycle),
    failure: (failure) => {
      causes.add(failure)
      records?.failure(failure)
    },
    ...(records?.wantsSteps === true && {
      step: (by, source, failure) => {
        if (failure === undefined) records.step(by, source)
      },
    }),
  }
}
