// A LoopProbe that says what it is told to, one reading per cycle (the last one for all that follow).
import type { LoopProbe, LoopReading } from '../../src/loop-probe.ts'

export const WELL: LoopReading = { delayMs: 0.4, utilisation: 0.3 }
export const SATURATED: LoopReading = { delayMs: 80, utilisation: 0.99 }

type Call = 'begin' | 'hold' | 'goOn' | 'read' | 'end'

export interface ScriptedProbe extends LoopProbe {
  /** In order. */
  readonly calls: readonly Call[]
}

export function scriptedProbe(...readings: readonly LoopReading[]): ScriptedProbe {
  const calls: Call[] = []
  let cycle = -1
  const now = (): LoopReading => readings[Math.min(cycle, readings.length - 1)] ?? WELL
  const call = (name: Call): LoopReading => {
    calls.push(name)
    if (name === 'begin') cycle++
    return now()
  }
  return {
    calls,
    begin: () => void call('begin'),
    hold: () => void call('hold'),
    goOn: () => void call('goOn'),
    read: () => call('read'),
    end: () => call('end'),
  }
}
