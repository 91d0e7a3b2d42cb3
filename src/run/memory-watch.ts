// How much memory the load generator takes while cycles run: the most of it, and a warning, once, when that is
// more than the scenario allows.
import type { MemoryReading } from '../memory-probe.ts'
import type { Plan } from '../plan/plan.ts'
import type { RunRecord } from '../store/record.ts'
import { formatMb } from '../units.ts'
import type { RunOptions } from './options.ts'

export class MemoryWatch {
  readonly #warningMb: number | undefined
  readonly #options: Pick<RunOptions, 'memoryProbe' | 'onWarning'>
  #peakRssMb = 0
  #peakHeapMb = 0
  #warning: string | undefined

  constructor({ memoryWarningMb }: Pick<Plan, 'memoryWarningMb'>, options: RunOptions) {
    this.#warningMb = memoryWarningMb
    this.#options = options
  }

  /** Right now; @param cycle the one that is running */
  look(cycle: number): MemoryReading | undefined {
    const reading = this.#options.memoryProbe?.()
    if (reading === undefined) return undefined
    this.#peakRssMb = Math.max(this.#peakRssMb, reading.rssMb)
    this.#peakHeapMb = Math.max(this.#peakHeapMb, reading.heapMb)
    const warningMb = this.#warningMb
    if (warningMb !== undefined && this.#warning === undefined && reading.rssMb >= warningMb) {
      this.#warning =
        `The load generator took ${formatMb(reading.rssMb)} of memory in cycle ${cycle}, ` +
        `limits.memory_warning_mb is ${formatMb(warningMb)}. Use fewer agents or cycles, or a machine with more memory.`
      this.#options.onWarning?.(`! ${this.#warning}`)
    }
    return reading
  }

  /** Undefined when nobody looked. */
  get peak(): RunRecord['memory'] {
    return this.#peakRssMb === 0 ? undefined : { peakRssMb: this.#peakRssMb, peakHeapMb: this.#peakHeapMb }
  }

  notices(): string[] {
    return this.#warning === undefined ? [] : [this.#warning]
  }
}
