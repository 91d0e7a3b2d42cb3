// The real Vitest is killed by SIGKILL in the midst of a run and goes on: what the service received, its verdicts
// and its record are those of a run in one piece. `.ci/run` does it twenty times (TURBULENCE_TEST_KILLS=20).
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Seed } from '../../src/random.ts'
import type { Random } from '../../src/random.ts'
import type { RunRecord } from '../../src/run.ts'
import { junitProblems } from '../support/junit-schema.ts'
import { attempt, recordIn } from '../support/killed-run.ts'
import type { Attempt } from '../support/killed-run.ts'
import { copyOf, removeCopies } from '../support/run-fixture.ts'
import { startVisits } from '../support/visits-server.ts'
import type { Visit, VisitsServer } from '../support/visits-server.ts'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const KILLS = Number(process.env['TURBULENCE_TEST_KILLS'] ?? 1)
/** Printed with a failure, to be given again. */
const SEED = Number(process.env['TURBULENCE_TEST_SEED'] ?? (KILLS === 1 ? 3 : Date.now() % 2 ** 31))
const KILLS_PER_RUN = 4
const TIMEOUT_MS = 180_000
const CYCLES = [1, 2, 3, 4, 5, 6, 7, 8]

let server: VisitsServer
let whole: { readonly log: readonly Visit[]; readonly record: RunRecord; readonly instances: readonly string[] }

beforeAll(async () => {
  server = await startVisits()
  const folder = copyOf('killed')
  const { log } = await attempt(folder, server)
  whole = { log, ...recordIn(folder) }
}, TIMEOUT_MS)
afterAll(async () => {
  await server.close()
  removeCopies()
})

const inCycle = (log: readonly Visit[], cycle: number): string[] =>
  log.filter((visit) => visit.cycle === cycle).map(({ agent, what }) => `${agent} ${what}`)

test('in one piece it remembers, opens its breaker only because of the cycle before, rests, probes and closes', () => {
  const { record, log } = whole
  expect(record.cells.map(({ state }) => state).join(' ')).toBe(
    'passed passed passed failed skipped passed passed passed',
  )
  expect(record.breaker).toMatchObject({
    events: [{ phase: 'open', cycle: 4 }, { phase: 'half-open' }, { phase: 'closed' }],
  })
  expect(inCycle(log, 8).join('\n')).toContain('[visits=7] {"visits":7')
})

interface Ended {
  readonly attempts: readonly Attempt[]
  readonly folder: string
}

/** Kills it at random moments, each further on than the one before, resumes it each time, and lets the last one come to its end. */
async function killed(kills: number, every: number, random: Random): Promise<Ended> {
  const folder = copyOf('killed')
  const last = whole.log.length - 15
  const moments = Array.from({ length: kills }, () => random.int(1, last)).sort((a, b) => a - b)
  const attempts: Attempt[] = []
  for (const [nth, moment] of [...moments, Infinity].entries()) {
    const env = { TURBULENCE_CHECKPOINT_EVERY: String(every), ...(nth > 0 && { TURBULENCE_RESUME: 'latest' }) }
    const afterRequests = Math.max(1, moment - (moments[nth - 1] ?? 0))
    const afterMs = random.next() < 0.5 ? 0 : random.int(0, 15)
    attempts.push(await attempt(folder, server, { env, kill: { afterRequests, afterMs } }))
  }
  return { attempts, folder }
}

const runs = Array.from({ length: Math.ceil(KILLS / KILLS_PER_RUN) }, (_, nth) => ({
  nth,
  kills: Math.min(KILLS_PER_RUN, KILLS - nth * KILLS_PER_RUN),
  every: (nth % 3) + 1,
}))

describe.each(runs)(
  `run $nth, killed $kills times, a checkpoint every $every cycles (seed ${SEED})`,
  ({ nth, kills, every }) => {
    let ended: Ended
    beforeAll(async () => void (ended = await killed(kills, every, new Seed(SEED).stream(`run ${nth}`))), TIMEOUT_MS)

    test('it was killed, and came to its end at last', () => {
      expect(ended.attempts.map(({ code }) => code)).toEqual([...Array<null>(kills).fill(null), 1])
    })

    test('the service received every cycle as in one piece, and of one that was sent again first the beginning', () => {
      for (const cycle of CYCLES) {
        const sent = ended.attempts.map(({ log }) => inCycle(log, cycle)).filter((log) => log.length > 0)
        const expected = inCycle(whole.log, cycle)
        expect(sent.at(-1) ?? [], `cycle ${cycle}`).toEqual(expected)
        for (const again of sent.slice(0, -1)) expect(again, `cycle ${cycle}`).toEqual(expected.slice(0, again.length))
      }
    })

    test('no more was sent again than the cycles since the last checkpoint, and the summary says which', () => {
      const { record, files } = recordIn(ended.folder)
      const ofThisRun = ended.attempts.filter(({ log }) => log.some(({ run }) => run === record.runId))
      const cyclesOf = ({ log }: Attempt): number[] =>
        [...new Set(log.map(({ cycle }) => cycle))].filter((cycle) => cycle > 0)
      const resumes = record.resumes ?? []
      expect(resumes).toHaveLength(ofThisRun.length - 1)
      for (const [at, { afterCycle, sentAgain }] of resumes.entries()) {
        const before = ofThisRun.slice(0, at + 1).flatMap(cyclesOf)
        const after = cyclesOf(ofThisRun[at + 1] ?? { log: [], code: null, stdout: '' })
        const twice = [...new Set(before)].filter((cycle) => after.includes(cycle)).sort((a, b) => a - b)
        const told = sentAgain.filter((cycle) => after.includes(cycle))
        // Killed between a cycle's beginning and its first request: it had begun, and nothing was sent.
        const unsent = told.at(-1) === twice.at(-1) ? [] : told.slice(-1)
        expect(told).toEqual([...twice, ...unsent])
        expect(before).not.toContain(unsent[0])
        // In cycle 5 the breaker is at rest.
        expect(new Set(before.filter((cycle) => cycle > afterCycle && cycle !== 5)).size).toBeLessThanOrEqual(every)
        expect(Math.min(...after)).toBeGreaterThan(afterCycle)
      }
      expect(files).not.toContain('checkpoints')
    })

    test('setup ran once in each run, on_resume at the beginning of each that went on', () => {
      for (const [at, { log }] of ended.attempts.entries()) {
        const outside = log.filter(({ cycle }) => cycle === 0).map(({ what }) => what.split(' ')[1])
        const isNew = at === 0 || log[0]?.run !== ended.attempts[at - 1]?.log[0]?.run
        const first = isNew ? '/login' : '/clean/of-the-admin'
        expect(outside).toEqual(
          at === ended.attempts.length - 1 ? [first, '/logout/of-the-admin'] : log.length > 0 ? [first] : [],
        )
      }
    })

    test('verdicts, numbers, breaker and record are those of a run in one piece', () => {
      const { record, instances } = recordIn(ended.folder)
      expect(told(record)).toEqual(told(whole.record))
      expect(instances.map(doing).sort()).toEqual(whole.instances.map(doing).sort())
      const junit = readFileSync(join(ended.folder, 'test-results/TEST-turbulence-junit.xml'), 'utf8')
      expect(junitProblems(junit)).toEqual([])
      expect(junit.match(/<testcase /g)).toHaveLength(CYCLES.length + 3)
      const restored = record.cells.filter(({ isRestored }) => isRestored === true).length
      expect(junit.match(/name="turbulence.restored" value="true"/g) ?? []).toHaveLength(restored)
      if (restored > 0) expect(ended.attempts.at(-1)?.stdout).toContain(`(${restored} from the checkpoint)`)
    })
  },
)

describe('interrupted by Ctrl-C', () => {
  test(
    'it keeps the last whole cycle, says how to go on, and goes on as a whole only',
    async () => {
      const folder = copyOf('killed')
      const env = { TURBULENCE_CHECKPOINT_EVERY: '100' }
      const cut = await attempt(folder, server, { env, kill: { afterRequests: 30, afterMs: 0, signal: 'SIGINT' } })
      expect(cut.code).toBe(130)
      expect(cut.stdout).toContain(
        'A checkpoint after cycle 2 is kept, 6 cycles before the end. To go on from there: ' +
          'TURBULENCE_RESUME=latest TURBULENCE_CHECKPOINT_EVERY=100 npx vitest run killed.scenario.yaml',
      )
      const part = await attempt(folder, server, { args: ['-t', 'cycle 7'], env: { TURBULENCE_RESUME: 'latest' } })
      expect(part.log).toEqual([])
      expect(part.stdout).toContain('A run that goes on after a checkpoint runs as a whole')
      const other = await attempt(folder, server, {
        env: { TURBULENCE_RESUME: 'latest', TURBULENCE_CYCLES: '9', TURBULENCE_SEED: '8' },
      })
      expect(other.log).toEqual([])
      expect(other.stdout).toContain('is of another plan: the run cannot go on after it.')
      expect(other.stdout).toContain('seed: 7 → 8')
      expect(other.stdout).toContain('cycles: 8 → 9')
      expect([part.code, other.code]).toEqual([1, 1])
    },
    TIMEOUT_MS,
  )
})

function told({ cells, thresholds, breaker }: RunRecord): unknown {
  return {
    cells: cells.map(({ cycle, state, message, reason, iterations, requests }) => ({
      cycle,
      state,
      message,
      reason,
      iterations,
      requests,
    })),
    thresholds: thresholds.map(({ kind, message }) => [kind, message]),
    breaker: breaker?.events,
  }
}

function doing(line: string): string {
  const { agent, cycle, iteration, ok, correlation_id: id, variation } = JSON.parse(line) as Record<string, unknown>
  return JSON.stringify({ agent, cycle, iteration, ok, id, variation })
}
