import { describe, expect, test } from 'vitest'
import { type Announced, type Remainder, headerLines } from '../../src/report/header.ts'
import { coloured, plain } from '../../src/report/paint.ts'

const place = { file: '/repo/load/shop.scenario.yaml', line: 3, column: 1 }
const group = (
  name: string,
  count: number,
  workload: Announced['groups'][number]['workload'],
): Announced['groups'][number] => ({
  name,
  count,
  flow: 'buy',
  vars: {},
  workload,
  slots: [],
  idleSlots: [],
  requests: { iteration: 6, idle: 0 },
  thresholds: [],
  place,
})
const service = (baseUrl: string): Announced['services'][string] => ({
  name: 'api',
  baseUrl,
  headers: {},
  timeoutMs: 1,
  connections: 1,
  maxBodyBytes: 1,
})
const announced: Announced = {
  scenario: { id: 'shop', file: '/repo/load/shop.scenario.yaml', sha256: 'ab' },
  services: { api: service('http://127.0.0.1:3000/v1'), auth: service('http://127.0.0.1:3000/auth') },
  groups: [
    group('shoppers', 150, { kind: 'iterations', iterations: 1 }),
    group('admins', 2, { kind: 'iterations', iterations: 3 }),
  ],
  cycles: 6,
  time: { pace: 'asap', scale: 1, cycleMs: 3_600_000, startMs: 0 },
  seed: 42,
  overrides: ['TURBULENCE_SEED=42'],
  rateLimit: { ratePerSecond: 50, burst: 1 },
  requestsPerCycle: 450,
}
const shown = (more: Partial<Announced> = {}): string =>
  `\n${headerLines({ ...announced, ...more }, { paint: plain, root: '/repo' }).join('\n')}\n`

test('before traffic: where it goes, how much, how long, and what fixes it', () => {
  expect(shown()).toMatchInlineSnapshot(`
    "
    shop  load/shop.scenario.yaml
      hosts     http://127.0.0.1:3000
      agents    152 (shoppers 150, admins 2) × 6 cycles
      requests  2,700 expected
      duration  at least 54 s at 50/s
      seed      42
      changed   TURBULENCE_SEED=42
    "
  `)
})

test('a host that is not this machine is named in full, and stands out', () => {
  const services = { api: service('http://localhost:3000'), cdn: service('https://shop.example.com/x') }
  expect(shown({ services, maxConcurrentAgents: 20, profile: 'staging' })).toMatchInlineSnapshot(`
    "
    shop  load/shop.scenario.yaml
      hosts     http://localhost:3000
                https://shop.example.com  not this machine: the load goes over the network
      agents    152 (shoppers 150, admins 2) × 6 cycles, at most 20 at once
      requests  2,700 expected
      duration  at least 54 s at 50/s
      seed      42
      profile   staging
      changed   TURBULENCE_SEED=42
    "
  `)
  const lines = headerLines({ ...announced, services }, { paint: coloured })
  expect(lines[2]).toContain('\u001b[33mhttps://shop.example.com\u001b[39m')
})

test.each([
  ['http://localhost', true],
  ['http://api.localhost:80', true],
  ['http://127.9.9.9', true],
  ['http://[::1]:3000', true],
  ['http://127.0.0.1.example.com', false],
  ['http://localhost.example.com', false],
  ['http://192.168.0.1', false],
  ['http://0.0.0.0', false],
])('%s is this machine: %s', (url, own) => {
  expect(shown({ services: { api: service(url) } }).includes('not this machine')).toBe(!own)
})

test('a duration decides how long it takes when there is one', () => {
  const groups = [group('a', 1, { kind: 'duration', durationMs: 30_000 })]
  const { requestsPerCycle: _, rateLimit: __, ...rest } = announced
  const lines = headerLines({ ...rest, groups }, { paint: plain })
  expect(lines).toContain('  duration  about 3m 00s')
  expect(lines.join('\n')).not.toContain('requests')
})

test('without a limit and a duration nothing is foretold', () => {
  const { rateLimit: _, ...rest } = announced
  expect(headerLines(rest, { paint: plain }).join('\n')).not.toContain('duration')
})

test('after filters: what is left of it', () => {
  const only = (cycles: readonly [number, ...string[]][], requests?: number): string =>
    `\n${headerLines(announced, {
      paint: plain,
      root: '/repo',
      only: { cycles: cycles.map(([cycle, ...groups]) => ({ cycle, groups })), requests },
    }).join('\n')}\n`
  expect(only([[2, 'admins']], 6)).toMatchInlineSnapshot(`
    "
    shop  load/shop.scenario.yaml
      hosts     http://127.0.0.1:3000
      agents    2 (admins 2) × 1 cycle
      only      admins in cycle 2
      requests  6 expected
      duration  at least 120 ms at 50/s
      seed      42
      changed   TURBULENCE_SEED=42
    "
  `)
  expect(only([1, 2, 3, 4, 5, 6].map((cycle) => [cycle, 'shoppers']))).toContain('only      shoppers\n')
  expect(only([2, 3, 4].map((cycle) => [cycle, 'shoppers']))).toContain('shoppers in cycles 2 to 4')
  expect(
    only([
      [1, 'shoppers'],
      [3, 'shoppers'],
      [4, 'shoppers', 'admins'],
    ]),
  ).toContain('shoppers in cycles 1, 3; shoppers, admins in cycle 4')
})

test('after filters: who acts in what is left of it', () => {
  const groups = [{ ...group('shoppers', 150, { kind: 'iterations', iterations: 1 }), acting: 60 }]
  const acting = (only?: Remainder): string | undefined =>
    headerLines({ ...announced, groups }, { paint: plain, only }).find((line) => line.includes('acting'))
  const cycles = [1, 2].map((cycle) => ({ cycle, groups: ['shoppers'] }))
  expect(acting()).toBe('  acting    60 in a cycle, on average')
  expect(acting({ cycles, acting: 12.5 })).toBe('  acting    13 in a cycle, on average')
  expect(acting({ cycles: cycles.slice(1), acting: 17 })).toBe('  acting    17 in this cycle')
})

test('after filters: how long the cycles are apart, and no warm-up that is not theirs', () => {
  const plan: Announced = {
    ...announced,
    time: { pace: 'realtime', scale: 48, cycleMs: 3_600_000, startMs: 0 },
    warmUp: { cycles: 2, steps: [0.5], exclude: true },
  }
  const lines = (...cycles: number[]): string[] =>
    headerLines(plan, {
      paint: plain,
      only: { cycles: cycles.map((cycle) => ({ cycle, groups: ['shoppers'] })), requests: 200 * cycles.length },
    }).filter((line) => /^ {2}(duration|warm-up) /.test(line))
  expect(lines(3, 6)).toEqual(['  duration  at least 3m 49s'])
  expect(lines(2)[0]).toBe('  warm-up   cycles 1 to 2, not judged')
})

test('a workload takes time in the cycles in which anybody may act', () => {
  const night = {
    frequency: 1,
    hours: Array.from({ length: 24 }, (_, hour) => (hour < 2 ? 1 : 0)),
    weekday: 1,
    weekend: 1,
  }
  const groups = [{ ...group('owls', 9, { kind: 'duration', durationMs: 60_000 }), activity: night, acting: 3 }]
  const { requestsPerCycle: _, rateLimit: __, ...rest } = announced
  const duration = (more: object): string =>
    headerLines({ ...rest, groups, ...more }, { paint: plain }).find((line) => line.startsWith('  duration')) ?? ''
  expect(duration({})).toBe('  duration  about 2m 00s')
  expect(duration({ cycles: 24 })).toBe('  duration  about 2m 00s')
  const paced = { pace: 'realtime', scale: 120, cycleMs: 3_600_000, startMs: 0 }
  expect(duration({ cycles: 4, time: paced })).toBe('  duration  about 2m 00s')
  expect(duration({ cycles: 4, time: { ...paced, scale: 30 } })).toBe('  duration  at least 6m 00s')
})

describe('a paced run', () => {
  const time = { pace: 'realtime', scale: 48, cycleMs: 3_600_000, startMs: 0 } as const
  const lines = (more: Partial<Announced>): string[] =>
    shown({ time, ...more }).match(/^ {2}(?:duration|pace) .*$/gm) ?? []

  test('takes its cycles one after another, and the last one in full', () => {
    expect(lines({})).toEqual([
      '  duration  at least 6m 24s',
      '  pace      a cycle every 1m 15s: 1h 00m at 48 times the speed',
    ])
    const groups = [group('shoppers', 150, { kind: 'duration', durationMs: 30_000 })]
    expect(lines({ groups })[0]).toBe('  duration  at least 6m 45s')
  })

  test('takes as long as its load where a cycle needs more than its time', () => {
    expect(lines({ requestsPerCycle: 4500 })[0]).toBe('  duration  at least 9m 00s at 50/s')
  })

  test('has no pace with a single cycle, and no speed at that of the clock', () => {
    expect(lines({ cycles: 1 })).toEqual(['  duration  at least 9 s at 50/s'])
    expect(lines({ time: { ...time, scale: 1 } })[1]).toBe('  pace      a cycle every 1h 00m')
  })
})
