// The name of a run: readable, sortable by time, and different for runs that begin in the same second.
import type { Random } from '../random.ts'

const LETTERS = '0123456789abcdefghijklmnopqrstuvwxyz'
const MOST_SCENARIO = 60

/** `<scenario>-<UTC yyyymmdd-hhmmss>-<4 chars>`; `random` must not be seeded by the run, or equal seeds would collide. */
export function runId(scenarioId: string, epochMs: number, random: Pick<Random, 'int'>): string {
  const name = scenarioId
    .replace(/[^\w-]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, MOST_SCENARIO)
  const time = new Date(epochMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')
  const letters = Array.from({ length: 4 }, () => LETTERS.charAt(random.int(0, LETTERS.length - 1)))
  return `${name || 'run'}-${time}-${letters.join('')}`
}
