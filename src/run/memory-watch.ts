// How much memory the load generator takes while cycles run: the most of it, and a warning, once, when that is
// more than the scenario allows.
import type { MemoryReading } from '../memory-probe.ts'
import type { Plan } from '../plan/plan.ts'
import type { RunRecord } from '../store/record.ts'
import { formatMb } from '../units.ts'
import type { RunOptions } from './options.ts'

/** What a checkpoint has of it: the peak counts for the whole run, in whichever process it was. */
export interface MemoryState {
  readonly peak: NonNullable<RunRecord['memory']>
  readonly warning?: string
}

export class MemoryWatch {
  readonly #warningMb: number | undefined
  readonly #options: Pick<RunOptions, 'memoryProbe' | 'onWarning'>
  #peakRssMb = 0
  #peakHeapMb = 0
  #warning: string | undefined
  #hasWarned = false

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
    if (warningMb !== undefined && !this.#hasWarned && reading.rssMb >= warningMb) {
      this.#hasWarned = true
      const warning =
        `The load generator took ${formatMb(reading.rssMb)} of memory in cycle ${cycle}, ` +
        `limits.memory_warning_mb is ${formatMb(warningMb)}. Use fewer agents or cycles, or a machine with more memory.`
      this.#warning ??= warning
      this.#options.onWarning?.(`! ${warning}`)
    }
    return reading
  }

  /** Undefined without a memory probe. */
  get peak(): RunRecord['memory'] {
    return this.#peakRssMb === 0 ? undefined : { peakRssMb: this.#peakRssMb, peakHeapMb: this.#peakHeapMb }
  }

  /** Undefined without a memory probe. */
  get state(): MemoryState | undefined {
    const { peak } = this
    return peak && { peak, ...(this.#warning !== undefined && { warning: this.#warning }) }
  }

  restore(state: MemoryState | undefined): void {
    if (state === undefined) return
    this.#peakRssMb = state.peak.peakRssMb
    this.#peakHeapMb = state.peak.peakHeapMb
    this.#warning = state.warning
  }

  notices(): string[] {
    return this.#warning === undefined ? [] : [this.#warning]
  }
}
