// What workers told while they ran, kept until their record arrives: all that is left of a run whose
// worker crashed.
import type { CellRecord, Plan } from '../../run.ts'
import type { Message } from './channel.ts'

export interface ToldRun {
  readonly plan: Plan
  /** Of the cycles that are over. */
  readonly cells: readonly CellRecord[]
}

export class Told {
  readonly #runs = new Map<string, { readonly plan: Plan; readonly cells: CellRecord[] }>()
  /** One file runs at a time. */
  #current: string | undefined

  hear(message: Message): void {
    if (message.kind === 'begin') {
      this.#current = keyOf(message.plan.scenario.file)
      this.#runs.set(this.#current, { plan: message.plan, cells: [...(message.restored?.cells ?? [])] })
    }
    if (message.kind === 'cycle' && this.#current !== undefined)
      this.#runs.get(this.#current)?.cells.push(...message.cells)
  }

  run(file: string): ToldRun | undefined {
    return this.#runs.get(keyOf(file))
  }

  /** The record has arrived, and knows better. */
  forget(file: string): void {
    this.#runs.delete(keyOf(file))
  }
}

/** Vite names files with forward slashes everywhere. */
function keyOf(file: string): string {
  return file.replaceAll('\\', '/')
}
