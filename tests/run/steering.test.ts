// What whoever watches a run asks of it besides a pause: a checkpoint, statistics, its end after this cycle.
import { describe, expect, test } from 'vitest'
import type { Clock } from '../../src/clock.ts'
import { liveLines, plain, statisticsLines } from '../../src/report/index.ts'
import type { Statistics, Tick } from '../../src/report/index.ts'
import type { Run } from '../../src/run.ts'
import { play } from '../support/a-plan.ts'
import type { Played, PlayOptions } from '../support/a-plan.ts'
import { memoryCheckpoints, stateIn } from '../support/checkpoints.ts'

/** A cycle takes 100 ms. */
const yaml = (more = '', simulation = 'cycles: 4'): string => `simulation: { ${simulation} }
${more}
agents: { shoppers: { count: 3, workload: { iterations: 10 } } }
flow:
  - { type: http, name: look, path: "/look/{{memory.looks | default: 0}}" }
  - { type: set, name: count, scope: agent, vars: { looks: "{{cycle}}.{{iteration}}" } }
thresholds: [success_rate >= 99%]`
const REALTIME = 'cycles: 3, pace: realtime, time_scale: 3600, cycle_length: 1h'

interface Steered extends Played {
  /** What was said, answers included. */
  readonly said: readonly string[]
  readonly checkpoints: ReturnType<typeof memoryCheckpoints>
}

/** @param keys by the time at which they are pressed */
async function steered(
  text: string,
  keys: Readonly<Record<number, 'checkpoint' | 'finish' | 'pause' | 'goOn'>>,
  options: PlayOptions = {},
): Promise<Steered> {
  const said: string[] = []
  const checkpoints = memoryCheckpoints()
  const press = ({ steering }: Run, key: (typeof keys)[number]): string =>
    key === 'finish' ? steering.finish('the key q') : steering[key]()
  const during = (run: Run, clock: Clock): void => {
    for (const [at, key] of Object.entries(keys)) clock.at(Number(at), () => said.push(press(run, key)))
  }
  const played = await play(text, { checkpoints, onWarning: (line) => said.push(line), during, ...options })
  return { ...played, said, checkpoints }
}

describe('a checkpoint', () => {
  test('is written after the cycle that runs, whatever the plan says, and no other', async () => {
    const { said, checkpoints } = await steered(yaml('checkpoint: { every_cycles: 4, keep: 5 }'), { 150: 'checkpoint' })
    expect(said).toEqual([
      'A checkpoint will be written after cycle 2.',
      'A checkpoint after cycle 2 has been written.',
    ])
    expect([...checkpoints.texts.keys()]).toEqual([2, 4])
  })

  test('can be had without `checkpoint` in the file, and a run goes on after it', async () => {
    const { checkpoints, plan, log } = await steered(yaml(), { 50: 'checkpoint' })
    expect([...checkpoints.texts.keys()]).toEqual([1])
    // What was begun since is what may be sent again.
    expect(checkpoints.begunCycles).toEqual([1, 2, 3, 4])
    const rest = await play(plan, { resume: stateIn(checkpoints.texts.get(1)), checkpoints: memoryCheckpoints() })
    expect(rest.log.map(({ path }) => path)).toEqual(log.slice(30).map(({ path }) => path))
    expect(rest.record.cells.map(({ state }) => state)).toEqual(Array(4).fill('passed'))
  })

  test('is written at once between two cycles, and the next one waits for it', async () => {
    const { said, checkpoints, log } = await steered(yaml('', REALTIME), { 500: 'checkpoint', 700: 'checkpoint' })
    expect(said).toEqual([
      'A checkpoint after cycle 1 is being written.',
      'A checkpoint after cycle 1 has been written.',
      'There is a checkpoint after cycle 1 already.',
    ])
    expect([...checkpoints.texts.keys()]).toEqual([1])
    expect(log.map(({ at }) => at).filter((at) => at % 1000 === 0)).toHaveLength(9)
  })

  test('is not written where there is nothing to go on with, or no place for it, and that is said', async () => {
    const last = await steered(yaml(), { 350: 'checkpoint' })
    expect(last.said).toEqual(['No checkpoint: cycle 4 is the last, there is nothing to go on with after it.'])
    const part = await steered(yaml(), { 50: 'checkpoint' }, { checkpoints: false })
    expect(part.said).toEqual(['No checkpoint: only a part of the run was chosen.'])
    const full = await steered(
      yaml(),
      { 50: 'checkpoint', 150: 'checkpoint' },
      { checkpoints: { ...memoryCheckpoints(), save: () => Promise.resolve('the disk is full') } },
    )
    expect(full.said).toEqual([
      'A checkpoint will be written after cycle 1.',
      '! The checkpoint after cycle 1 could not be written: the disk is full. There is none.',
      'A checkpoint will be written after cycle 2.',
      '! 2 checkpoints could not be written, the first after cycle 1: the disk is full. There is none.',
    ])
    expect(full.record.cells.every(({ state }) => state === 'passed')).toBe(true)
  })

  test('that is to come is shown', async () => {
    const ticks: Tick[] = []
    await steered(yaml(), { 50: 'checkpoint' }, { onTick: (tick) => ticks.push(tick) })
    expect(ticks[0]).toMatchObject({ cycle: 1, asked: 'checkpoint' })
    expect(liveLines(ticks[0]!, { columns: 80, paint: plain }).at(-1)).toMatch(/^ {2}then +a checkpoint, after this/)
  })
})

describe('the end', () => {
  test('comes after the cycle that runs, which is whole; what is left can be run later', async () => {
    const { said, record, checkpoints, plan, log } = await steered(
      yaml(),
      { 150: 'finish' },
      { resumeCommand: 'go on' },
    )
    expect(said).toEqual([
      'The run ends after cycle 2, with a checkpoint.',
      'A checkpoint after cycle 2 has been written.',
    ])
    expect(record.stopped).toBe('ended by the key q after cycle 2')
    expect(record.cells.map(({ state, reason }) => reason ?? state)).toEqual([
      'passed',
      'passed',
      'ended by the key q after cycle 2',
      'ended by the key q after cycle 2',
    ])
    expect(record.thresholds.map(({ kind }) => kind)).toEqual(['not-evaluated'])
    expect(record.notices).toEqual([
      'A checkpoint after cycle 2 is kept, 2 cycles before the end. To go on from there: go on',
    ])
    expect(log).toHaveLength(60)
    const rest = await play(plan, { resume: stateIn(checkpoints.texts.get(2)), checkpoints: memoryCheckpoints() })
    const whole = await play(plan)
    expect(rest.record.thresholds.map(({ message }) => message)).toEqual(
      whole.record.thresholds.map(({ message }) => message),
    )
    expect([...log, ...rest.log].map(({ path }) => path)).toEqual(whole.log.map(({ path }) => path))
  })

  test('a paused run goes on to it', async () => {
    const { record, log } = await steered(yaml(), { 150: 'pause', 5000: 'finish' })
    expect(record.stopped).toBe('ended by the key q after cycle 2')
    expect([log.length, record.cells[1]?.state]).toEqual([60, 'passed'])
  })

  test('comes at once between two cycles, also when the run is paused there', async () => {
    const between = await steered(yaml('', REALTIME), { 500: 'finish' })
    expect(between.said).toEqual(['The run ends now, between two cycles.'])
    expect(between.record.stopped).toBe('ended by the key q after cycle 1')
    expect([between.log.length, between.record.durationMs, [...between.checkpoints.texts.keys()]]).toEqual([
      30,
      500,
      [1],
    ])
    const paused = await steered(yaml('', REALTIME), { 500: 'pause', 3000: 'finish' })
    expect([paused.log.length, paused.record.stopped]).toEqual([30, 'ended by the key q after cycle 1'])
  })

  test('comes before the first cycle, when setup is done', async () => {
    const { said, record, log } = await steered(`${yaml()}\nsetup: [{ type: http, name: login, path: /login }]`, {
      5: 'finish',
    })
    expect(said).toEqual(['The run ends before its first cycle.'])
    expect([record.stopped, log.length]).toEqual(['ended by the key q before the first cycle', 1])
    expect(record.cells.map(({ state }) => state)).toEqual(Array(4).fill('skipped'))
  })

  test('in the last cycle is the end that it has anyway', async () => {
    const { said, record, checkpoints } = await steered(yaml(), { 350: 'finish' })
    expect(said).toEqual(['The run ends after cycle 4, which is the last.'])
    expect(record.stopped).toBeUndefined()
    expect(record.thresholds.map(({ kind }) => kind)).toEqual(['pass'])
    expect(checkpoints.texts.size).toBe(0)
  })

  test('comes without a checkpoint where there can be none', async () => {
    const { said, record } = await steered(yaml(), { 50: 'finish' }, { checkpoints: false })
    expect(said).toEqual(['The run ends after cycle 1, without a checkpoint: only a part of the run was chosen.'])
    expect(record.stopped).toBe('ended by the key q after cycle 1')
    expect(record.notices).toEqual([])
  })

  test('of a cycle that is cut short meanwhile is that of the run', async () => {
    const { record } = await steered(
      yaml(),
      { 120: 'finish' },
      {
        during: (run, clock) => {
          clock.at(120, () => run.steering.finish('the key q'))
          clock.at(150, () => run.stop('interrupted by SIGINT', 0))
        },
      },
    )
    expect(record.stopped).toBe('interrupted by SIGINT')
  })
})

describe('statistics', () => {
  async function at(ms: number, text: string): Promise<string[]> {
    let found: Statistics | undefined
    await play(text, { during: (run, clock) => void clock.at(ms, () => (found = run.statistics())) })
    return statisticsLines(found!, { paint: plain })
  }

  test('are of the run so far, the cycle that runs included', async () => {
    expect(`\n${(await at(145, yaml())).join('\n')}\n`).toMatchInlineSnapshot(`
      "
      test   so far, in cycle 2 of 4: 42 requests
        step  requests     ok    p50    p95    p99    max
        look        42  100 %  10 ms  10 ms  10 ms  10 ms
      "
    `)
  })

  test('are of a warm-up alone while it runs, and of all else afterwards', async () => {
    const warm = yaml('', 'cycles: 4, warmup: { cycles: 2 }')
    expect((await at(45, warm))[0]).toBe('test   warm-up in cycle 1 of 4: 4 requests in it')
    expect((await at(245, warm))[0]).toBe('test   so far, in cycle 3 of 4: 12 requests')
  })
})

test('nothing is asked of a run that is over', async () => {
  const said: string[] = []
  await play(`${yaml()}\nteardown: [{ type: http, name: bye, path: /bye, timeout: 10s }]`, {
    during: ({ steering }, clock) => void clock.at(5000, () => said.push(steering.finish('x'), steering.checkpoint())),
    respond: ({ path }) => ({ latencyMs: path === '/bye' ? 9000 : 10 }),
  })
  expect(said).toEqual(['There is nothing to end: no more cycles begin.', 'No checkpoint: no more cycles begin.'])
})
