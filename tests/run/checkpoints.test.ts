// When checkpoints are written, what happens around them, and what a run does that goes on after one. That it
// comes to the same as an uninterrupted run is resume.test.ts.
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { wallClock } from '../../src/clock.ts'
import { fingerprint } from '../../src/plan/fingerprint.ts'
import { findCheckpoint, openRun, refusal } from '../../src/run.ts'
import type { Plan, Run, RunRecord, Transport } from '../../src/run.ts'
import { allCycles, aPlan, HOST, play, scriptedService } from '../support/a-plan.ts'
import type { Script } from '../support/a-plan.ts'
import { memoryCheckpoints, stateIn } from '../support/checkpoints.ts'

const FLOW = `agents: { shoppers: { count: 3 } }
flow:
  - { type: http, name: look, path: "/look/{{memory.looks | default: 0 | int}}" }
  - { type: set, name: count, scope: agent, vars: { looks: "{{cycle}}" } }
thresholds: [success_rate >= 99%]`
const yaml = (more: string, cycles = 4): string => `simulation: { cycles: ${cycles} }\n${more}\n${FLOW}`

describe('checkpoints', () => {
  test('are written after every n-th cycle, and gone when the run has come to its end', async () => {
    const checkpoints = memoryCheckpoints()
    await play(yaml('checkpoint: { every_cycles: 2 }', 5), { checkpoints })
    expect([...checkpoints.texts.keys()]).toEqual([2, 4])
    expect(checkpoints.begunCycles).toEqual([1, 2, 3, 4, 5])
    expect(checkpoints.isRemoved).toBe(true)
  })

  test('are written by default after every tenth, and not at all without the key', async () => {
    const some = memoryCheckpoints()
    await play(yaml('checkpoint: {}', 21), { checkpoints: some })
    expect([...some.texts.keys()]).toEqual([10, 20])
    const none = memoryCheckpoints()
    await play(yaml('', 21), { checkpoints: none })
    expect([none.texts.size, none.begunCycles.length]).toEqual([0, 0])
  })

  test('hold nothing of the environment, and no row of a data file', async () => {
    const checkpoints = memoryCheckpoints()
    await play(
      `simulation: { cycles: 2 }\ncheckpoint: { every_cycles: 1 }\nagents: { a: { count: 2, data: ./users.csv } }
flow: [{ type: http, name: look, path: "/{{data.email}}", headers: { authorization: "Bearer {{env.API_TOKEN}}" } }]`,
      { checkpoints, env: { API_TOKEN: 'hunter2-hunter2' }, files: { 'users.csv': 'email\nada@example.com\n' } },
    )
    const text = checkpoints.texts.get(1) ?? ''
    expect(text).toContain('API_TOKEN')
    expect(text).not.toContain('hunter2')
    expect(text).not.toContain('ada@example.com')
  })

  test('that cannot be written cost a notice, never the run; it is said at once, and once', async () => {
    const checkpoints = { ...memoryCheckpoints(), save: () => Promise.resolve('no space is left on the disk (ENOSPC)') }
    const said: string[] = []
    const onWarning = (text: string): void => void said.push(text)
    const { record } = await play(yaml('checkpoint: { every_cycles: 1 }'), { checkpoints, onWarning })
    expect(record.cells.every(({ state }) => state === 'passed')).toBe(true)
    const reason = 'no space is left on the disk (ENOSPC). There is none.'
    expect(said).toEqual([`! The checkpoint after cycle 1 could not be written: ${reason}`])
    expect(record.notices).toEqual([`4 checkpoints could not be written, the first after cycle 1: ${reason}`])
  })

  test('are written again once the disk takes them, without waiting for the next one that is due', async () => {
    const kept = memoryCheckpoints()
    const save: typeof kept.save = (head, parts) =>
      head.cycle === 4 ? Promise.resolve('no space is left on the disk (ENOSPC)') : kept.save(head, parts)
    const { record } = await play(yaml('checkpoint: { every_cycles: 2 }', 7), { checkpoints: { ...kept, save } })
    expect([...kept.texts.keys()]).toEqual([2, 5, 6])
    expect(record.notices).toEqual([
      'The checkpoint after cycle 4 could not be written: no space is left on the disk (ENOSPC).',
    ])
  })

  test('say what of the memory they cannot hold', async () => {
    const checkpoints = memoryCheckpoints()
    const { record } = await play(
      `simulation: { cycles: 2 }\ncheckpoint: { every_cycles: 1 }\nagents: { shoppers: { count: 2 } }
flow:
  - { type: call, name: make, module: makers, export: make, sets: [made] }
  - { type: set, name: keep, scope: agent, vars: { made: "{{made}}", cycle: "{{cycle}}" } }`,
      {
        checkpoints,
        importModule: () => Promise.resolve({ make: ({ set }: never) => (set as Setter)('made', () => 1) }),
      },
    )
    expect(record.notices).toEqual([
      'Checkpoints do not hold memory.made of shoppers-1 (a function), memory.made of shoppers-2 (a function): ' +
        'a run that is resumed goes on without it.',
    ])
    expect(stateIn(checkpoints.texts.get(1)).agents[0]?.[2].memory).toEqual([['cycle', 1]])
  })
})

type Setter = (name: string, value: unknown) => void

describe('a run that is stopped', () => {
  test('writes one of the last whole cycle, from which the rest is run', async () => {
    const checkpoints = memoryCheckpoints()
    const plan = aPlan(yaml('checkpoint: { every_cycles: 10 }', 4))
    const cut = await play(plan, {
      checkpoints,
      resumeCommand: 'go on',
      respond: (_, nth) => ({ latencyMs: nth >= 6 ? 5000 : 10 }),
      during: (run, clock) => void clock.at(500, () => run.stop('interrupted by SIGINT', 0)),
    })
    expect(cut.record.cells.map(({ state }) => state).slice(5)).not.toContain('passed')
    expect([...checkpoints.texts.keys()]).toEqual([2])
    expect(checkpoints.isRemoved).toBe(false)
    expect(cut.record.notices).toContain(
      'A checkpoint after cycle 2 is kept, 2 cycles before the end. To go on from there: go on',
    )
    const whole = await play(plan)
    const rest = await play(plan, { resume: stateIn(checkpoints.texts.get(2)), checkpoints: memoryCheckpoints() })
    expect(told(rest.record)).toEqual(told(whole.record))
    expect(rest.log.map(({ path }) => path)).toEqual(whole.log.slice(6).map(({ path }) => path))
  })

  test('between two cycles writes one of the cycle before', async () => {
    const checkpoints = memoryCheckpoints()
    const plan = aPlan(yaml('checkpoint: { every_cycles: 10 }'))
    const { transport } = scriptedService(wallClock)
    const run = openRun(plan, { clock: wallClock, transport, host: HOST, rerun: '', checkpoints })
    await run.begin()
    run.startCycle(1)
    await run.cycleDone()
    run.stop('enough', 0)
    await run.end()
    expect([...checkpoints.texts.keys()]).toEqual([1])
  })

  test('by abort_on_fail as a cycle ends has kept the one before, and comes to the same end again', async () => {
    const plan = aPlan(`simulation: { cycles: 4 }
checkpoint: { every_cycles: 3 }
agents: 3
flow: [{ type: http, name: look, path: "/{{cycle}}" }]
thresholds: [{ that: errors < 3, abort_on_fail: true }]`)
    const respond: Script = ({ path }) => ({ status: path === '/3' ? 500 : 200 })
    const checkpoints = memoryCheckpoints()
    const whole = await play(plan, { checkpoints, respond })
    expect(whole.record.cells.map(({ state }) => state)).toEqual(['passed', 'passed', 'failed', 'skipped'])
    expect([...checkpoints.texts.keys()]).toEqual([2])
    const resume = stateIn(checkpoints.texts.get(2))
    const rest = await play(plan, { resume, checkpoints: memoryCheckpoints(), respond })
    expect(told(rest.record)).toEqual(told(whole.record))
    expect(rest.record.stopped).toBe(whole.record.stopped)
    const better = await play(plan, { resume, checkpoints: memoryCheckpoints() })
    expect(better.record.cells.map(({ state }) => state)).toEqual(['passed', 'passed', 'passed', 'passed'])
  })

  test('in its first cycle has nothing to keep', async () => {
    const checkpoints = memoryCheckpoints()
    const { record } = await play(yaml('checkpoint: { every_cycles: 1 }'), {
      checkpoints,
      respond: () => ({ latencyMs: 900 }),
      during: (run, clock) => void clock.at(100, () => run.stop('enough', 0)),
    })
    expect(checkpoints.texts.size).toBe(0)
    expect(record.notices).toEqual([])
  })

  test('by max_duration has had the time that it ran before, too', async () => {
    const plan = aPlan(
      `simulation: { cycles: 4, max_duration: 35ms, graceful_stop: 0s }\ncheckpoint: { every_cycles: 1 }\n${FLOW}`,
    )
    const checkpoints = memoryCheckpoints()
    const first = await play(plan, { checkpoints })
    expect(first.record.cells.filter(({ state }) => state === 'passed')).toHaveLength(3)
    const second = await play(plan, { resume: stateIn(checkpoints.texts.get(3)), checkpoints: memoryCheckpoints() })
    expect(second.record.stopped).toBe('max_duration of 35 ms was reached')
    expect(second.log).toHaveLength(3)
    expect(second.record.notices.at(-1)).toBe(
      'A checkpoint after cycle 3 is kept, 1 cycle before the end. To go on from there, give it a longer max_duration',
    )
  })

  test('by max_duration goes on with a longer one', () => {
    const timed = (max: string): Plan =>
      aPlan(`simulation: { cycles: 4, max_duration: ${max} }\ncheckpoint: {}\n${FLOW}`, { seed: 3 })
    const checkpoint = { file: 'a', seed: 3, keys: fingerprint(timed('1s')).keys }
    expect(refusal(timed('2s'), checkpoint, undefined)).toBeUndefined()
  })
})

describe('on_resume', () => {
  const STEPS = `checkpoint: { every_cycles: 1 }
setup: [{ type: http, name: login, path: /login, extract: { token: $.token, shop: $.shop } }]
on_resume: [{ type: http, name: again, path: "/again/{{setup.shop}}", extract: { token: $.token } }]
teardown: [{ type: http, name: bye, path: "/bye/{{setup.token}}/{{setup.shop}}" }]`
  const respond = ({ path }: { path: string }): object => ({ body: { token: path.slice(1, 6), shop: 'main' } })

  test('runs instead of setup, before anything else, and lays its values over those of setup', async () => {
    const checkpoints = memoryCheckpoints()
    const first = await play(yaml(STEPS), { checkpoints, respond })
    const rest = await play(first.plan, { resume: stateIn(checkpoints.texts.get(3)), checkpoints, respond })
    expect(first.log.map(({ path }) => path)).not.toContain('/again/main')
    const paths = rest.log.map(({ path }) => path)
    expect([paths[0], paths.length, paths.at(-1)]).toEqual(['/again/main', 5, '/bye/again/main'])
    expect(rest.record.steps.map(({ step, attempts }) => [step, attempts])).toEqual([['look', 12]])
  })

  test('that fails ends the run, and says which step', async () => {
    const checkpoints = memoryCheckpoints()
    const first = await play(yaml(STEPS), { checkpoints, respond })
    const rest = await play(first.plan, {
      resume: stateIn(checkpoints.texts.get(3)),
      checkpoints,
      respond: () => ({ status: 500 }),
    })
    expect(String(rest.error)).toContain('on_resume failed at step "again": status_code: 500')
    expect(rest.log).toHaveLength(1)
    expect(rest.record.cells.filter(({ isRestored }) => isRestored === true)).toHaveLength(3)
    expect(rest.record.stopped).toBe('on_resume failed')
  })
})

describe('in the folder of the run', () => {
  let runsDir = ''
  beforeEach(() => void (runsDir = mkdtempSync(join(tmpdir(), 'turbulence-checkpoints-'))))
  afterEach(() => rmSync(runsDir, { recursive: true, force: true }))

  /** Real time, because a disk has its own; the service is scripted. */
  function opened(plan: Plan): { run: Run; transport: Transport; after: number | undefined } {
    const { checkpoint } = findCheckpoint({ resume: 'latest', runsDir, scenario: 'test' })
    const { transport } = scriptedService(wallClock, () => ({ latencyMs: 1 }))
    const run = openRun(plan, {
      clock: wallClock,
      transport,
      host: HOST,
      rerun: '',
      runsDir,
      record: 'all',
      resumeCommand: 'go on',
      ...(checkpoint !== undefined && { resume: checkpoint.state }),
    })
    return { run, transport, after: checkpoint?.cycle }
  }

  async function kill(plan: Plan, during: number): Promise<void> {
    const { run, transport } = opened(plan)
    await run.begin()
    for (let cycle = 1; cycle <= during; cycle++) {
      run.startCycle(cycle)
      await run.cycleDone()
    }
    // The process ends here: nobody says good-bye, and half a line is on its way.
    await transport.close()
  }

  async function goOn(plan: Plan): Promise<{ record: RunRecord; after: number | undefined }> {
    const { run, after } = opened(plan)
    await allCycles(run)
    return { record: await run.end(), after }
  }

  const lines = (plan: Plan, name: string): string[] =>
    readFileSync(join(runsDir, plan.runId, name), 'utf8')
      .trimEnd()
      .split('\n')

  const cyclesIn = (plan: Plan): number[] =>
    lines(plan, 'instances.jsonl').map((line) => (JSON.parse(line) as { cycle: number }).cycle)

  test('a killed run goes on, says what was sent again, and its record has every iteration once', async () => {
    const plan = aPlan(yaml('checkpoint: { every_cycles: 2, keep: 1 }', 6))
    await kill(plan, 5)
    const folder = join(runsDir, plan.runId, 'checkpoints')
    expect(readdirSync(folder).sort()).toEqual(['begun.jsonl', 'cycle-000004.jsonl'])
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
    expect(statSync(folder).mode & 0o777).toBe(0o700)

    const { record, after } = await goOn(plan)
    expect(after).toBe(4)
    expect(record.runId).toBe(plan.runId)
    expect(record.resumes).toEqual([{ at: expect.any(String) as string, afterCycle: 4, sentAgain: [5] }])
    expect(record.notices).toContain(
      'Resumed after cycle 4 of 6: cycles 1 to 4 are reported from the checkpoint, cycle 5 had begun and was sent again.',
    )
    expect(record.cells.map(({ state, isRestored }) => [state, isRestored])).toEqual(
      [1, 2, 3, 4, 5, 6].map((cycle) => ['passed', cycle <= 4 ? true : undefined]),
    )
    expect(cyclesIn(plan)).toEqual([1, 2, 3, 4, 5, 6].flatMap((cycle) => [cycle, cycle, cycle]))
    expect(lines(plan, 'steps.jsonl')).toHaveLength(36)
    expect(readdirSync(join(runsDir, plan.runId)).sort()).toEqual([
      'instances.jsonl',
      'manifest.json',
      'steps.jsonl',
      'summary.json',
    ])
  })

  test('one that has come to its end leaves nothing to resume, and the next run begins anew', async () => {
    const plan = aPlan(yaml('checkpoint: { every_cycles: 1 }'))
    await goOn(plan)
    const { checkpoint, warnings } = findCheckpoint({ resume: 'latest', runsDir, scenario: 'test' })
    expect(checkpoint).toBeUndefined()
    expect(warnings).toEqual([
      `Nothing to resume: there is no checkpoint of "test" in ${runsDir}. The run starts from the beginning.`,
    ])
  })

  test('one of another plan is refused with the difference, another seed included', async () => {
    const plan = aPlan(yaml('checkpoint: { every_cycles: 1 }'), { seed: 5 })
    await kill(plan, 2)
    const { checkpoint } = findCheckpoint({ resume: 'latest', runsDir, scenario: 'test' })
    if (checkpoint === undefined) throw new Error('there is none')
    expect(refusal(plan, checkpoint, undefined)).toBeUndefined()
    expect(refusal(plan, checkpoint, 5)).toBeUndefined()
    const other = aPlan(yaml('checkpoint: { every_cycles: 7 }', 9).replace('count: 3', 'count: 4'), { seed: 6 })
    const { message, hint } = refusal(other, checkpoint, 6) ?? { message: '', hint: '' }
    expect(message).toContain('cycle-000002.jsonl is of another plan')
    expect(hint.split('\n')).toEqual([
      '  seed: 5 → 6',
      '  cycles: 4 → 9',
      expect.stringContaining('services.api.connections: 3 → 4') as string,
      '  agents.shoppers.count: 3 → 4',
      'Undo these changes, or run without resume. As long as it is there, latest finds it.',
    ])
  })

  test('one of another scenario is refused with the way out', async () => {
    const plan = aPlan(yaml('checkpoint: { every_cycles: 1 }'))
    const checkpoint = { file: 'a', seed: 1, keys: { ...fingerprint(plan).keys, id: 'other' } }
    expect(refusal(plan, checkpoint, undefined)).toEqual({
      message: 'The checkpoint a is of the scenario "other", not of "test".',
      hint: 'Run only the file of that scenario, or resume with latest: each scenario then goes on after its own.',
    })
  })

  test('one that goes on without checkpoints, and is killed as well, says what was sent again all the same', async () => {
    const plan = aPlan(yaml('checkpoint: { every_cycles: 2 }', 6))
    await kill(plan, 3)
    const { checkpoint: _, ...without } = plan
    await kill(without, 5)
    const { record } = await goOn(without)
    expect(record.resumes?.map(({ afterCycle, sentAgain }) => [afterCycle, sentAgain])).toEqual([
      [2, [3]],
      [2, [3, 4, 5]],
    ])
  })

  test('one whose checkpoint was copied goes on, says that it knows no more, and its record has no line twice', async () => {
    const plan = aPlan(yaml('checkpoint: { every_cycles: 1 }', 6))
    await kill(plan, 2)
    const folder = join(runsDir, plan.runId, 'checkpoints')
    for (const name of ['instances.jsonl', 'steps.jsonl', 'checkpoints/begun.jsonl'])
      rmSync(join(runsDir, plan.runId, name))
    expect(readdirSync(folder)).toEqual(['cycle-000001.jsonl', 'cycle-000002.jsonl'])
    await kill(plan, 4)
    // What was written beyond the last checkpoint is cut off.
    appendFileSync(join(runsDir, plan.runId, 'instances.jsonl'), '{"cycle":5}\n')
    const { record } = await goOn(plan)
    expect(record.notices.filter((notice) => notice.startsWith('Resumed'))).toEqual([
      'Resumed after cycle 2 of 6: cycles 1 and 2 are reported from the checkpoint, which later ones had begun is not known.',
      'Resumed after cycle 4 of 6: cycles 1 to 4 are reported from the checkpoint, no cycle was sent again.',
    ])
    expect(cyclesIn(plan)).toEqual([3, 4, 5, 6].flatMap((cycle) => [cycle, cycle, cycle]))
  })

  test('one whose results cannot be written keeps its checkpoint, from which they can be had', async () => {
    const plan = aPlan(yaml('checkpoint: { every_cycles: 2 }', 5))
    mkdirSync(join(runsDir, plan.runId, 'summary.json'), { recursive: true })
    const { record } = await goOn(plan)
    expect(record.notices.at(-1)).toBe(
      "The run's checkpoint after cycle 4 is kept instead. Once there is room, this sends cycle 5 again and reports all of it: go on",
    )
    rmSync(join(runsDir, plan.runId, 'summary.json'), { recursive: true })
    const again = await goOn(plan)
    expect([again.after, again.record.unkept]).toEqual([4, undefined])
    expect(cyclesIn(plan)).toHaveLength(15)
    expect(readdirSync(join(runsDir, plan.runId))).not.toContain('checkpoints')
  })
})

function told({ cells, thresholds, steps }: RunRecord): unknown {
  return {
    cells: cells.map(({ cycle, group, state, iterations, requests, latency }) => [
      cycle,
      group,
      state,
      iterations,
      requests,
      latency,
    ]),
    thresholds: thresholds.map(({ message }) => message),
    steps,
  }
}
