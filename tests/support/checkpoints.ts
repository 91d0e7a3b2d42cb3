// Checkpoints without a disk: as texts, so that all of them go through writing and reading.
import type { CheckpointStore } from '../../src/store/checkpoint-folder.ts'
import { checkpointText, readCheckpointText } from '../../src/store/checkpoint-text.ts'
import type { Resume } from '../../src/store/record.ts'
import { readState } from '../../src/run/run-state.ts'
import type { RunState } from '../../src/run/run-state.ts'

export interface MemoryCheckpoints extends CheckpointStore {
  /** By cycle. */
  readonly texts: ReadonlyMap<number, string>
  readonly begunCycles: readonly number[]
  isRemoved: boolean
}

export function memoryCheckpoints(): MemoryCheckpoints {
  const texts = new Map<number, string>()
  const begunCycles: number[] = []
  const resumes: Resume[] = []
  return {
    texts,
    begunCycles,
    isRemoved: false,
    begun: (cycle) => void begunCycles.push(cycle),
    resumed: (afterCycle, at) => void resumes.push({ at, afterCycle, sentAgain: [] }),
    async save(head, parts) {
      let text = ''
      for await (const piece of checkpointText(head, parts)) text += piece
      texts.set(head.cycle, text)
      return undefined
    },
    resumes: () => resumes,
    ended: () => undefined,
    remove() {
      this.isRemoved = true
    },
  }
}

export function stateIn(text: string | undefined): RunState {
  return readState(readCheckpointText(text ?? ''))
}
