// The name of a run: readable, sortable by time, and different for runs that begin in the same second.
import type { Random } from '../random.ts'

const LETTERS = '0123456789abcdefghijklmnopqrstuvwxyz'
const MOST_SCENARIO = 60

/** `<scenario>-<UTC yyyymmdd-hhmmss>-<4 chars>`; `random` must not be seeded by the run, or equal seeds would collide. */
export function runId(scenarioId: string, epochMs: number, random: Pick<Random, 'int'>): string {
  const time = new Date(epochMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')
  const letters = Array.from({ length: 4 }, () => LETTERS.charAt(random.int(0, LETTERS.length - 1)))
  return `${nameOf(scenarioId)}-${time}-${letters.join('')}`
}

/** Whether a run's name is one of this scenario, and not of one whose id only begins in the same way. */
export function isRunOf(run: string, scenarioId: string): boolean {
  const name = nameOf(scenarioId)
  return run.startsWith(`${name}-`) && /^\d{8}-\d{6}-[\da-z]{4}$/.test(run.slice(name.length + 1))
}

function nameOf(scenarioId: string): string {
  const name = scenarioId
    .replace(/[^\w-]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, MOST_SCENARIO)
  return name || 'run'
}
