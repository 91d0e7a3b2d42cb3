// How well the load generator itself keeps up, cycle by cycle: its event loop, and whether open workloads
// and the rate limit come to the rate that they are to have. What follows from it is the gate's to say.
import { isExcluded } from '../agents/warm-up.ts'
import type { RateLimiter } from '../limits/rate-limit.ts'
import type { LoopProbe } from '../loop-probe.ts'
import type { Collector } from '../metrics/collector.ts'
import type { Plan } from '../plan/plan.ts'
import type { CycleHealth } from '../store/record.ts'

export interface HealthParts {
  readonly plan: Plan
  readonly collector: Pick<Collector, 'cell'>
  readonly limiter: Pick<RateLimiter, 'binding'> | undefined
  /** Without one, nothing is known. */
  readonly probe: LoopProbe | undefined
}

/** The rate limit is compared with what was let through once it has held requests back for so long. */
const LEAST_BINDING_MS = 1000

export class Health {
  readonly #parts: HealthParts
  readonly #closed: CycleHealth[] = []
  #cycle: number | undefined
  #before = { ms: 0, admitted: 0 }

  constructor(parts: HealthParts) {
    this.#parts = parts
  }

  /** Right before the load begins: what was loaded and compiled until then is not its fault. */
  begin(cycle: number): void {
    const { probe, limiter } = this.#parts
    this.#cycle = cycle
    this.#before = { ms: 0, admitted: 0, ...limiter?.binding }
    probe?.begin()
  }

  /** The open cycle so far; undefined when none is open or nothing is known. @param group only this group's arrivals */
  now(group?: string): CycleHealth | undefined {
    const { probe } = this.#parts
    if (probe === undefined || this.#cycle === undefined) return undefined
    return { cycle: this.#cycle, ...probe.read(), ...this.#rates(this.#cycle, group) }
  }

  /** Nothing runs for a while. */
  hold(): void {
    if (this.#cycle !== undefined) this.#parts.probe?.hold()
  }

  goOn(): void {
    if (this.#cycle !== undefined) this.#parts.probe?.goOn()
  }

  /** When all groups are done. */
  end(): void {
    const { probe } = this.#parts
    if (probe !== undefined && this.#cycle !== undefined)
      this.#closed.push({ cycle: this.#cycle, ...probe.end(), ...this.#rates(this.#cycle) })
    this.#cycle = undefined
  }

  /** Of cycles before the run went on. */
  restore(closed: readonly CycleHealth[]): void {
    this.#closed.push(...closed)
  }

  /** Of the cycles that are over. */
  closed(): readonly CycleHealth[] {
    return this.#closed
  }

  /** Of those that are judged. */
  counted(): readonly CycleHealth[] {
    return this.#closed.filter(({ cycle }) => !isExcluded(this.#parts.plan.warmUp, cycle))
  }

  /** Of all cycles so far that are judged, the open one included. */
  soFar(): readonly CycleHealth[] {
    const open = this.now()
    if (open === undefined || isExcluded(this.#parts.plan.warmUp, open.cycle)) return this.counted()
    return [...this.counted(), open]
  }

  #rates(cycle: number, group?: string): Pick<CycleHealth, 'openRate' | 'limitedRate'> {
    const openRate = this.#openRate(cycle, group)
    const limitedRate = this.#limitedRate()
    return { ...(openRate !== undefined && { openRate }), ...(limitedRate !== undefined && { limitedRate }) }
  }

  /** Whatever is due is either begun or dropped. */
  #openRate(cycle: number, group: string | undefined): number | undefined {
    const { plan, collector } = this.#parts
    const rates = plan.groups
      .filter(({ name, workload }) => workload.kind === 'rate' && (group === undefined || name === group))
      .map(({ name }) => collector.cell(cycle, name).iterations)
      .filter(({ begun, dropped }) => begun + dropped > 0)
      .map(({ begun, dropped }) => begun / (begun + dropped))
    return rates.length === 0 ? undefined : Math.min(...rates)
  }

  #limitedRate(): number | undefined {
    const { plan, limiter } = this.#parts
    if (limiter === undefined || plan.rateLimit === undefined) return undefined
    const { ms, admitted } = limiter.binding
    const boundMs = ms - this.#before.ms
    if (boundMs < LEAST_BINDING_MS) return undefined
    const allowed = (plan.rateLimit.ratePerSecond * boundMs) / 1000
    return Math.min(1, (admitted - this.#before.admitted) / allowed)
  }
}
