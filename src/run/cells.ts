// The cells of a run, one per cycle × group: promised while they run, kept once they are judged. What
// was never started is skipped with the reason, so that every run of a plan has the same cells.
import type { GroupPlan, Plan } from '../plan/plan.ts'
import type { CellRecord } from '../store/record.ts'
import { brokenCell, skippedCell } from './judge-cell.ts'

export class Cells {
  readonly #plan: Plan
  readonly #promised = new Map<string, Promise<CellRecord>>()
  readonly #judged = new Map<string, CellRecord>()

  constructor(plan: Plan) {
    this.#plan = plan
  }

  /** Keeps what the promise comes to; when it rejects, the cell is broken, and the promise still rejects. */
  keep(cycle: number, group: GroupPlan, cell: Promise<CellRecord>): Promise<CellRecord> {
    const key = cellKey(cycle, group.name)
    const kept = cell.then(
      (record) => {
        this.#judged.set(key, record)
        return record
      },
      (error: unknown) => {
        this.#judged.set(key, brokenCell(group, cycle, error))
        throw error
      },
    )
    // Whoever asks for it hears of the error; nobody has to ask.
    kept.catch(() => undefined)
    this.#promised.set(key, kept)
    return kept
  }

  skip(cycle: number, group: GroupPlan, reason: string): void {
    void this.keep(cycle, group, Promise.resolve(skippedCell(group, cycle, reason)))
  }

  /** As they were judged before the run went on. */
  restore(records: readonly CellRecord[]): void {
    for (const record of records) {
      const restored: CellRecord = { ...record, isRestored: true }
      this.#judged.set(cellKey(record.cycle, record.group), restored)
      this.#promised.set(cellKey(record.cycle, record.group), Promise.resolve(restored))
    }
  }

  /** @param reason for a cell that was not started */
  get(cycle: number, group: string, reason: string): Promise<CellRecord> {
    return this.#promised.get(cellKey(cycle, group)) ?? Promise.resolve(this.#notStarted(cycle, group, reason))
  }

  /** Every one of the plan has come to something. */
  get areAll(): boolean {
    return this.#judged.size === this.#plan.cycles * this.#plan.groups.length
  }

  /** As they were judged. */
  soFar(): CellRecord[] {
    return [...this.#judged.values()]
  }

  /** All of the plan, in its order. */
  all(reason: string): CellRecord[] {
    const cells: CellRecord[] = []
    for (let cycle = 1; cycle <= this.#plan.cycles; cycle++)
      for (const { name } of this.#plan.groups)
        cells.push(this.#judged.get(cellKey(cycle, name)) ?? this.#notStarted(cycle, name, reason))
    return cells
  }

  #notStarted(cycle: number, name: string, reason: string): CellRecord {
    const group = this.#plan.groups.find((one) => one.name === name)
    if (group === undefined) throw new Error(`the plan has no group "${name}"`)
    return skippedCell(group, cycle, reason)
  }
}

function cellKey(cycle: number, group: string): string {
  return `${cycle}\u0000${group}`
}
