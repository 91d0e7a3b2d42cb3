// From YAML in a test to the record of a whole run over real sockets, or to the samples of its engine on
// simulated time. Whole runs on simulated time are a-plan.ts.
import type { Clock } from '../../src/clock.ts'
import { virtualClock } from '../../src/clock.ts'
import { Engine } from '../../src/engine/engine.ts'
import { memoryTransport } from '../../src/engine/memory.ts'
import type { MemorySetup } from '../../src/engine/memory.ts'
import type { StepFailure } from '../../src/engine/observer.ts'
import { run } from '../../src/run.ts'
import type { RunOptions } from '../../src/run/options.ts'
import type { Iteration, Sample } from '../../src/sample.ts'
import type { RunRecord } from '../../src/store/record.ts'
import { aPlan, HOST } from './a-plan.ts'
import { anObserver } from './an-observer.ts'

/** A whole run over real sockets and time, unless others are given. */
export function runYaml(yaml: string, options: Partial<RunOptions> = {}): Promise<RunRecord> {
  return run(aPlan(yaml), { host: HOST, rerun: 'again', ...options })
}

export interface Simulated {
  readonly clock: Clock
  readonly engine: Engine
  readonly samples: readonly Sample[]
  readonly iterations: readonly Iteration[]
  readonly failures: readonly StepFailure[]
  /** Runs the first cycle to its end. */
  runCycle(): Promise<void>
}

/** An engine on simulated time, against a scripted service. */
export function simulate(
  yaml: string,
  respond: (path: string, clock: Clock) => ReturnType<MemorySetup['respond']>,
  startEpochMs = 0,
): Simulated {
  const plan = aPlan(yaml)
  const clock = virtualClock(startEpochMs)
  const samples: Sample[] = []
  const iterations: Iteration[] = []
  const failures: StepFailure[] = []
  const engine = new Engine({
    plan,
    clock,
    transport: memoryTransport({ clock, respond: (_, { path }) => respond(path, clock) }),
    observer: anObserver({
      sample: (sample) => samples.push(sample),
      iteration: (iteration) => iterations.push(iteration),
      failure: (failure) => failures.push(failure),
    }),
  })
  const runCycle = async (): Promise<void> => {
    await Promise.all(engine.startCycle(1, plan.groups).values())
  }
  return { clock, engine, samples, iterations, failures, runCycle }
}
