// What lint says about how much a scenario does, each finding from both sides.
import { describe, expect, test } from 'vitest'
import { lint } from '../../src/plan/lint.ts'
import { aScenario } from '../support/a-plan.ts'

const LOOK = 'flow: [{ type: http, name: look, path: / }]'
const said = (yaml: string): string[] =>
  lint(aScenario(yaml)).map(
    ({ severity, code, path, place, message }) => `${severity} ${code} ${path}:${place.line} ${message}`,
  )

test('there is nothing to say about a plain scenario', () => {
  expect(said(`${LOOK}\nagents: 30\nthresholds: ["p95 < 1s"]`)).toEqual([])
})

describe('a threshold without enough samples', () => {
  const agents = (count: number, more = ''): string => `${LOOK}\nagents: { all: { count: ${count}${more} } }`
  const needs = (yaml: string): string[] =>
    said(yaml).map((text) =>
      text.replace(/^warning too-few-samples \S+ /, '').replace(/ samples?; this plan makes at most/, ','),
    )

  test.each([
    ['one short of p99', `${agents(99)}\nthresholds: ["p99 < 1s"]`, '"p99" needs 100, 99.'],
    ['cycles count', `${agents(30)}\nsimulation: { cycles: 3 }\nthresholds: ["p99 < 1s"]`, '"p99" needs 100, 90.'],
    [
      'not for one cycle',
      `${agents(99)}\nsimulation: { cycles: 9 }\nthresholds: ["p99{cycle:2} < 1s"]`,
      '"p99{cycle:2}" needs 100, 99.',
    ],
    [
      'not in each cycle',
      `${agents(99)}\nsimulation: { cycles: 9 }\nthresholds: [{ that: p99 < 1s, per: cycle }]`,
      '"p99" needs 100, 99.',
    ],
    [
      "a group's own is judged in each cycle",
      `${agents(99, ', thresholds: ["p99 < 1s"]')}\nsimulation: { cycles: 9 }`,
      '"p99" needs 100, 99.',
    ],
    [
      'arrivals',
      `${agents(9, ', workload: { rate: 33/s, duration: 3s }')}\nthresholds: ["p99 < 1s"]`,
      '"p99" needs 100, 99.',
    ],
    [
      'iterations',
      `${agents(33, ', workload: { iterations: 3 }')}\nthresholds: ["iteration_duration.p99 < 1s"]`,
      '"iteration_duration.p99" needs 100, 99.',
    ],
    [
      'min_samples',
      `${agents(9)}\nthresholds: [{ that: success_rate > 9%, min_samples: 10 }]`,
      '"success_rate" needs 10, 9.',
    ],
  ])('is a warning: %s', (_, yaml, expected) => {
    expect(needs(yaml)).toEqual([expected])
    const one = yaml
      .replace(/count: (\d+)/, (_all, count: string) => `count: ${Number(count) + 4}`)
      .replace('33/s', '34/s')
    expect(needs(one)).toEqual([])
  })

  test('steps, groups, services and tags select what they select', () => {
    const yaml = (threshold: string): string => `
sut: { services: { api: { base_url: http://a.test }, stock: { base_url: http://b.test } } }
agents: { a: { count: 10, flow: one }, b: { count: 5, flow: two, workload: { iterations: 2 } } }
flows:
  one: [{ type: http, name: x, service: api, path: /, tags: { area: shop } }, { type: http, name: y, service: stock, path: / }]
  two: [{ type: http, name: x, service: api, path: / }, { type: pause, name: p, for: 1s }]
thresholds: [{ that: "${threshold}", min_samples: 1000 }]`
    const planned = (threshold: string): string | undefined =>
      /at most (.*)\.$/.exec(said(yaml(threshold))[0] ?? '')?.[1]
    expect(planned('p95 < 1s')).toBe('30')
    expect(planned('p95{step:x} < 1s')).toBe('20')
    expect(planned('p95{step:x,group:b} < 1s')).toBe('10')
    expect(planned('p95{service:stock} < 1s')).toBe('10')
    expect(planned('p95{area:shop} < 1s')).toBe('10')
    expect(planned('success_rate > 1%')).toBe('20')
    expect(planned('success_rate{group:a} > 1%')).toBe('10')
  })

  test('steps inside others count as often as they run at most', () => {
    const yaml = (steps: string): string =>
      `agents: 10\nflow: ${steps}\nthresholds: [{ that: p95 < 1s, min_samples: 1000 }]`
    const planned = (steps: string): string | undefined => /at most (.*)\.$/.exec(said(yaml(steps))[0] ?? '')?.[1]
    const look = (name: string): string => `{ type: http, name: ${name}, path: / }`
    expect(planned(`[{ type: repeat, name: r, times: 7, steps: [${look('a')}] }]`)).toBe('70')
    expect(planned(`[{ type: repeat, name: r, for_each: [1, 2], as: i, steps: [${look('a')}, ${look('b')}] }]`)).toBe(
      '40',
    )
    expect(
      planned(
        `[{ type: branch, name: way, condition: cycle > 1, if_true: [${look('a')}, ${look('b')}], if_false: [${look('c')}] }]`,
      ),
    ).toBe('20')
    expect(planned('[{ type: http, name: a, path: /, condition: cycle > 1 }]')).toBe('10')
  })

  test('rows of a data file that ends bound the iterations', () => {
    const group = (end: string): string =>
      `agents: { all: { count: 10, data: { file: ./users.csv, at_end: ${end} }, thresholds: ["p50 < 1s"] } }`
    const rows = { 'users.csv': `email\n${'a@example.com\n'.repeat(25)}` }
    const yaml = (end: string): string =>
      `simulation: { cycles: 9 }\n${group(end)}\n${LOOK.replace('path: /', 'path: "/{{data.email}}"')}\nthresholds: ["p99 < 1s"]`
    const findings = (end: string): string[] =>
      lint(aScenario(yaml(end), { files: rows })).map(({ message }) => message.replace(/^.*at most /, ''))
    expect(findings('stop')).toEqual(['25.', '10.'])
    expect(findings('wrap')).toEqual(['90.', '10.'])
  })

  test.each([
    ['a duration decides', 'agents: { all: { count: 1, workload: { duration: 1s } } }', LOOK],
    [
      'a loop goes on while the answer says so',
      '',
      'flow: [{ type: repeat, name: r, while: "cycle < 2", steps: [{ type: http, name: a, path: / }] }]',
    ],
  ])('is not known before the run where %s', (_, agents, flow) => {
    expect(said(`${agents}\n${flow}\nthresholds: ["p99.9 < 1s"]`)).toEqual([])
  })

  test('polls go on until the answer is right; their times stand under their own step', () => {
    const wait = 'flow: [{ type: wait, name: w, path: / }]'
    expect(said(`${wait}\nthresholds: ["p99.9{step:w} < 1s"]`)).toEqual([])
    expect(said(`${wait}\nthresholds: ["p99.9 < 1s"]`)).toEqual([expect.stringContaining('"p99.9" will have no data')])
  })

  test.each(['errors{outcome:timeout} == 0', 'p99{attempt:2} < 1s', 'p99{status:503} < 1s', 'wait_retry.p99 < 1s'])(
    'is not known before the run for what only answers make: %s',
    (threshold) => {
      expect(said(`${LOOK}\nthresholds: [{ that: "${threshold}", min_samples: 500 }]`)).toEqual([])
    },
  )

  test('is looked for in every cycle where cycles differ, and those in which nobody acts are skipped cells', () => {
    const day = (more: string, own = ''): string => `${LOOK}
agents: { all: { count: 100, activity: { hours: { "00": 0, "01": 0.1, "02": 1 } }${own} } }
simulation: { cycles: 3, seed: 1, start: 2024-01-15T00:00:00Z }${more}`
    const perCycle = (more: string): string => day(`\nthresholds: [{ that: p95 < 1s, per: cycle${more} }]`)
    expect(said(day('', ', thresholds: ["p95 < 1s"]'))).toEqual([
      'warning too-few-samples agents.all.thresholds[0]:2 "p95" needs 20 samples; cycle 2 makes at most 14.',
    ])
    expect(said(perCycle(''))).toEqual([
      'warning too-few-samples thresholds[0]:4 "p95" will have no data: cycle 1 does nothing that it selects.',
    ])
    expect(said(perCycle(', on_no_data: skip'))).toEqual([
      'warning too-few-samples thresholds[0]:4 "p95" needs 20 samples; cycle 2 makes at most 14.',
    ])
    expect(said(perCycle(', on_no_data: skip, on_inconclusive: skip'))).toEqual([])
    expect(said(day('', ', thresholds: [success_rate > 9%]'))).toEqual([])
    // With a seed that is drawn, all may act at one o'clock.
    expect(said(day('', ', thresholds: ["p95 < 1s"]').replace(', seed: 1', ''))).toEqual([])
  })

  test('of one cycle has those of that cycle', () => {
    const yaml = (cycle: number): string => `${LOOK}
agents: { all: { count: 30, activity: { hours: { "02": 1 } } } }
simulation: { cycles: 3, start: 2024-01-15T00:00:00Z }
thresholds: ["p95{cycle:${cycle}} < 1s"]`
    expect(said(yaml(3))).toEqual([])
    expect(said(yaml(2))).toEqual([
      'warning too-few-samples thresholds[0]:4 "p95{cycle:2}" will have no data: this plan does nothing that it selects.',
    ])
  })

  test('is told of also where only a warm-up that is not judged has some', () => {
    const yaml = (excluded: boolean): string => `${LOOK}
agents: { all: { count: 30, activity: { hours: { "00": 1 } } } }
simulation: { cycles: 3, start: 2024-01-15T00:00:00Z, warmup: { cycles: 1, steps: [1], exclude: ${String(excluded)} } }
thresholds: ["p95 < 1s"]`
    expect(said(yaml(true))).toEqual([
      'warning too-few-samples thresholds[0]:4 "p95" will have no data: this plan does nothing that it selects.',
    ])
    expect(said(yaml(false))).toEqual([])
  })

  test('is meant where it is skipped then', () => {
    expect(said(`${LOOK}\nthresholds: [{ that: p99 < 1s, on_inconclusive: skip }]`)).toEqual([])
  })
})

describe('a threshold over nothing', () => {
  const noData = (selector: string): string => expect.stringContaining(`"${selector}" will have no data`) as string
  const flows = `agents: { a: { count: 50, flow: one } }
flows: { one: [{ type: http, name: x, path: / }], two: [{ type: http, name: y, path: / }] }`

  test('is a warning, unless that is skipped', () => {
    const thresholds = '["avg{step:y} < 1s", "avg{step:x} < 1s", { that: "avg{step:y} < 2s", on_no_data: skip }]'
    expect(said(`${flows}\nthresholds: ${thresholds}`)).toEqual([noData('avg{step:y}')])
  })

  test('is one over expectations where no step has any', () => {
    const expects = LOOK.replace('path: /', 'path: /, expect: { status_code: 200 }')
    const plain = LOOK.replace('look', 'see').replace('flow: [', '').replace(']', '')
    const both = `${expects.replace(/]$/, '')}, ${plain}]`
    expect(said(`${LOOK}\nthresholds: [check_rate == 100%]`)).toEqual([noData('check_rate')])
    expect(said(`${both}\nthresholds: [check_rate == 100%, "check_rate{step:look} == 100%"]`)).toEqual([])
    expect(said(`${both}\nthresholds: ["check_rate{step:see} == 100%"]`)).toEqual([noData('check_rate{step:see}')])
    const later = 'assertions: [{ name: all, expect: { status_code: 200 } }]'
    expect(said(`${LOOK}\n${later}\nthresholds: [check_rate == 100%]`)).toEqual([])
  })

  test('of dropped iterations needs a workload with a rate', () => {
    const agents = (one: string): string => `agents: { a: { count: 9${one} }, b: { count: 9 } }`
    const open = ', workload: { rate: 9/s, duration: 9s }'
    const never = expect.stringMatching(/^warning always-holds thresholds\[0\].*nothing can be dropped here/) as string
    expect(said(`${LOOK}\n${agents('')}\nthresholds: [dropped == 0]`)).toEqual([never])
    expect(said(`${LOOK}\n${agents(open)}\nthresholds: [dropped == 0, "dropped{group:a} < 3"]`)).toEqual([])
    expect(said(`${LOOK}\n${agents(open)}\nthresholds: ["dropped{group:b} == 0"]`)).toEqual([never])
  })
})

describe('steps behind max_steps', () => {
  const flow = (...steps: string[]): string => `max_steps: 3\nflow: [${steps.join(', ')}]`
  const pause = (name: string, more = ''): string => `{ type: pause, name: ${name}, for: 1ms${more} }`

  test('never run', () => {
    expect(said(flow(...['a', 'b', 'c', 'd', 'e'].map((name) => pause(name))))).toEqual([
      'warning never-runs flow[3]:2 The step "d" can never run: it comes after 3 steps, and max_steps is 3.',
    ])
    expect(said(flow(`{ type: repeat, name: r, times: 3, steps: [${pause('a')}] }`))).toEqual([
      expect.stringContaining('The step "a" can never run'),
    ])
  })

  test('may run when others before them do not', () => {
    expect(said(flow(pause('a'), pause('b'), pause('c')))).toEqual([])
    expect(said(flow(pause('a', ', condition: cycle > 1'), pause('b'), pause('c'), pause('d')))).toEqual([])
  })
})

describe('a burst', () => {
  test.each([
    ['limits: { rate_limit_rps: 2000, burst: 1 }', ['limits.burst:2']],
    ['limits: { rate_limit_rps: 2000, burst: 2 }', []],
    ['limits: { rate_limit_rps: 2000 }', []],
    [
      'sut: { services: { api: { base_url: http://a.test, rate_limit_rps: 5000, burst: 1 } } }',
      ['services.api.burst:2'],
    ],
  ])('too small for a timer is a warning: %s', (yaml, paths) => {
    expect(said(`${LOOK}\n${yaml}`).map((text) => text.split(' ')[2])).toEqual(paths)
  })
})

describe('limits that limit nothing, or more than was meant', () => {
  const codes = (yaml: string): string[] => said(yaml).map((text) => text.split(' ').slice(0, 2).join(' '))

  test('max_concurrent_agents above the number of agents is a hint', () => {
    expect(codes(`${LOOK}\nagents: 5\nsimulation: { max_concurrent_agents: 6 }`)).toEqual(['hint idle-limit'])
    expect(codes(`${LOOK}\nagents: 5\nsimulation: { max_concurrent_agents: 5 }`)).toEqual([])
  })

  test('unless a preset says so, which is for whoever has more', () => {
    const files = { 'mine.yaml': 'simulation: { max_concurrent_agents: 6 }' }
    expect(lint(aScenario(`${LOOK}\npreset: ./mine.yaml\nagents: 5`, { files }))).toEqual([])
  })

  test('fewer connections than agents at once is a hint', () => {
    const sut = (more: string): string => `${LOOK}\nsut: { services: { api: { base_url: https://a.test, ${more} } } }`
    expect(codes(`${sut('connections: 4')}\nagents: 5`)).toEqual(['hint few-connections'])
    expect(codes(`${sut('connections: 5')}\nagents: 5`)).toEqual([])
    expect(codes(`${sut('connections: 4')}\nagents: 5\nsimulation: { max_concurrent_agents: 4 }`)).toEqual([])
    expect(codes(`${sut('connections: 4, http2: true')}\nagents: 5`)).toEqual([])
  })

  test('agents that do not go to a service need no connections of it', () => {
    const yaml = `
sut: { services: { a: { base_url: http://a.test, connections: 2 }, b: { base_url: http://b.test } } }
agents: { few: { count: 2, flow: x }, many: { count: 50, flow: y } }
flows: { x: [{ type: http, name: x, service: a, path: / }], y: [{ type: http, name: y, service: b, path: / }] }`
    expect(codes(yaml)).toEqual([])
  })
})

test('an open workload of which the part that acts comes to nothing is told once', () => {
  const yaml = (rate: string): string => `${LOOK}
agents: { all: { count: 100, workload: { rate: ${rate}, duration: 10s }, activity: { frequency: 0.05 } } }
simulation: { cycles: 3, seed: 5 }
thresholds: [success_rate >= 99%]`
  expect(said(yaml('1/s'))).toEqual([
    'warning never-active agents.all.workload:2 No iteration of "all" is ever due: at most 7 of 100 agents act, and ' +
      'that part of 1/s is less than one in 10 s.',
  ])
  expect(said(yaml('10/s'))).toEqual([])
})

describe('max_duration', () => {
  const message = (yaml: string): string | undefined => said(yaml)[0]?.replace(/^.* the run before its end: /, '')
  const agents = 'agents: { all: { count: 101, workload: { iterations: 2 } } }'

  test.each([
    ['limits: { rate_limit_rps: 10 }', '1 cycle takes at least 20.1 s because of the rate limit of 10/s.'],
    [
      'sut: { services: { api: { base_url: http://a.test, rate_limit_rps: 10 } } }',
      '1 cycle takes at least 20.1 s because of the rate limit of 10/s.',
    ],
    ['limits: { rate_limit_rps: 11 }', undefined],
  ])('is shorter than a rate limit allows: %s', (yaml, expected) => {
    expect(message(`${LOOK}\n${agents}\nsimulation: { max_duration: 19s }\n${yaml}`)).toBe(expected)
  })

  test('is shorter than the workload, or the pauses', () => {
    const lasting = 'agents: { all: { workload: { duration: 10s } } }\nsimulation: { cycles: 2, max_duration: '
    expect(message(`${LOOK}\n${lasting}19s }`)).toBe('2 cycles take at least 20 s because of the workload.')
    expect(message(`${LOOK}\n${lasting}20s }`)).toBeUndefined()
    const pausing = 'flow: [{ type: pause, name: p, for: { min: 2s, max: 5s } }]\nsimulation: { max_duration: 3s'
    expect(message(`${pausing} }`)).toBeUndefined()
    expect(message(`${pausing}, max_concurrent_agents: 1 }\nagents: 2`)).toBe(
      '1 cycle takes at least 4 s because of the pauses.',
    )
  })

  test('counts the time of a workload only where somebody acts', () => {
    const hours = (cycles: number): string => `${LOOK}
agents: { all: { count: 9, workload: { duration: 5m }, activity: { hours: { "01-02": 1 } } }, few: {} }
simulation: { cycles: ${cycles}, start: 2024-01-15T00:00:00Z, max_duration: 7m }`
    expect(message(hours(2))).toBeUndefined()
    expect(message(hours(3))).toBe('3 cycles take at least 10m 00s because of the workload.')
    const rows = (end: string): string => `${LOOK}
agents: { all: { workload: { duration: 5m }, data: { file: d.csv, at_end: ${end} } } }
simulation: { max_duration: 1m }`
    const maxDuration = (end: string): number =>
      lint(aScenario(rows(end), { files: { 'd.csv': 'n\n1\n' } })).filter(({ code }) => code === 'max-duration').length
    expect([maxDuration('wrap'), maxDuration('stop')]).toEqual([1, 0])
  })

  test('counts only requests that are sure to be sent', () => {
    const maybe = LOOK.replace('path: /', 'path: /, condition: cycle > 1')
    expect(
      message(`${maybe}\n${agents}\nsimulation: { max_duration: 1s }\nlimits: { rate_limit_rps: 10 }`),
    ).toBeUndefined()
  })
})
