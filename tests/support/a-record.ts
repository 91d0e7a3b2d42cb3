// A realistic RunRecord for tests of reports: two cycles, two groups; one cell failed, one was
// skipped; thresholds of every verdict. Whatever a test is about, it lays over it.
import type { Verdict } from '../../src/gate/verdict.ts'
import type { Cause } from '../../src/sample.ts'
import type { CellRecord, RunRecord } from '../../src/store/record.ts'

const FILE = '/repo/load/shop.scenario.yaml'

export function aVerdict(more: Partial<Verdict> = {}): Verdict {
  return {
    kind: 'pass',
    skip: false,
    name: 'success_rate',
    expression: 'success_rate >= 95%',
    selector: 'success_rate',
    op: '>=',
    limit: 95,
    unit: '%',
    value: 100,
    samples: 60,
    valueText: '100 %',
    limitText: '>= 95 %',
    message: 'success_rate was 100 %, must be >= 95 % (+5 points) over 60 samples',
    place: { file: FILE, line: 12, column: 7 },
    ...more,
  }
}

export function aCause(more: Partial<Cause> = {}): Cause {
  return {
    step: 'checkout',
    outcome: 'failed',
    reason: 'status_code: 500, expected 2xx',
    count: 412,
    place: { file: FILE, line: 31, column: 9 },
    example: {
      agent: 'shoppers-17',
      iteration: 1,
      message: 'status_code: 500, expected 2xx',
      curl: `curl http://127.0.0.1:3000/orders -H 'Authorization: Bearer ***' -H 'Content-Type: application/json' --data-raw '{"sku":7}'`,
      status: 500,
      body: '{"error":"out of stock"}\n',
    },
    ...more,
  }
}

export function aCell(more: Partial<CellRecord> = {}): CellRecord {
  return {
    cycle: 1,
    group: 'shoppers',
    state: 'passed',
    place: { file: FILE, line: 9, column: 3 },
    startedAt: '2026-08-23T10:15:00.120Z',
    durationMs: 12_400.5,
    iterations: { begun: 500, ok: 500, failed: 0, aborted: 0, dropped: 0 },
    requests: { ok: 1500 },
    latency: { p50: 12.3, p95: 41.2, p99: 88.4, max: 120.7 },
    verdicts: [aVerdict()],
    causes: [],
    ...more,
  }
}

const failedCell = aCell({
  cycle: 2,
  state: 'failed',
  message: 'success_rate was 14.6 %, must be >= 95 % (-80.4 points) over 500 samples',
  startedAt: '2026-08-23T10:15:12.600Z',
  durationMs: 31_000,
  iterations: { begun: 500, ok: 73, failed: 427, aborted: 0, dropped: 0 },
  requests: { ok: 1073, failed: 414, timeout: 13 },
  latency: { p50: 80.1, p95: 412, p99: 1320, max: 30_000 },
  verdicts: [
    aVerdict({
      kind: 'fail',
      value: 14.6,
      valueText: '14.6 %',
      message: 'success_rate was 14.6 %, must be >= 95 % (-80.4 points) over 500 samples',
      samples: 500,
    }),
  ],
  causes: [
    aCause(),
    aCause({ step: 'login', outcome: 'timeout', reason: 'no answer within 30 s', count: 13 }),
    aCause({ step: 'browse', reason: 'jsonpath $.items: missing', count: 2 }),
  ],
})

const thresholds: readonly Verdict[] = [
  aVerdict({
    name: 'success_rate',
    kind: 'fail',
    value: 57.3,
    samples: 1000,
    valueText: '57.3 %',
    message: 'success_rate was 57.3 %, must be >= 95 % (-37.7 points) over 1,000 samples',
    place: { file: FILE, line: 41, column: 5 },
  }),
  aVerdict({
    name: 'p95{step:checkout}',
    kind: 'fail',
    expression: 'p95{step:checkout} < 300ms',
    selector: 'latency.p95{step:checkout}',
    op: '<',
    limit: 300,
    unit: 'ms',
    value: 412,
    samples: 1000,
    interval: { low: 390, high: 431 },
    valueText: '412 ms',
    limitText: '< 300 ms',
    message: 'p95{step:checkout} was 412 ms, must be < 300 ms (+37.3 %) over 1,000 samples',
    place: { file: FILE, line: 42, column: 5 },
  }),
  aVerdict({
    name: 'p99.9',
    kind: 'inconclusive',
    expression: 'p99.9 < 2s',
    selector: 'latency.p99.9',
    op: '<',
    limit: 2000,
    unit: 'ms',
    value: 1320,
    samples: 400,
    needed: 1000,
    valueText: '1.32 s',
    limitText: '< 2 s',
    message: 'p99.9 is inconclusive: 400 of 1,000 samples needed; so far 1.32 s, must be < 2 s',
    place: { file: FILE, line: 43, column: 5 },
  }),
  {
    name: 'p95{step:refund}',
    kind: 'no-data',
    skip: true,
    expression: 'p95{step:refund} < 300ms',
    selector: 'latency.p95{step:refund}',
    op: '<',
    limit: 300,
    unit: 'ms',
    samples: 0,
    valueText: '',
    limitText: '< 300 ms',
    message: 'p95{step:refund} has no data: no request of step refund was sent',
    place: { file: FILE, line: 44, column: 5 },
  },
  aVerdict({
    name: 'rps',
    selector: 'rps',
    expression: 'rps >= 45/s',
    op: '>=',
    limit: 45,
    unit: '/s',
    value: 49.8,
    valueText: '49.8/s',
    limitText: '>= 45/s',
    message: 'rps was 49.8/s, must be >= 45/s (+10.7 %) over 3,000 samples',
    samples: 3000,
  }),
]

export function aRecord(more: Partial<RunRecord> = {}): RunRecord {
  return {
    version: 1,
    runId: 'shop-20260823-101500-a1b2',
    seed: 42,
    scenario: { id: 'shop', file: FILE, sha256: '9f2c41ab' },
    overrides: ['TURBULENCE_SEED=42'],
    hosts: ['http://127.0.0.1:3000'],
    startedAt: '2026-08-23T10:15:00.000Z',
    durationMs: 43_400.2,
    machine: { node: '20.20.2', platform: 'linux', cpus: 8, hostname: 'ci-7' },
    versions: { 'vitest-turbulence': '0.1.0', vitest: '4.1.12' },
    notices: ['Waiting for a free connection took 12 % of latency. Raise services.api.connections.'],
    cells: [
      aCell(),
      aCell({
        group: 'admins',
        place: { file: FILE, line: 16, column: 3 },
        durationMs: 800,
        iterations: { begun: 2, ok: 2, failed: 0, aborted: 0, dropped: 0 },
        requests: { ok: 4 },
      }),
      failedCell,
      skippedCell('nobody was due in this cycle'),
    ],
    thresholds,
    steps: [
      {
        step: 'browse',
        method: 'GET',
        service: 'api',
        attempts: 1000,
        ok: 998,
        latency: { p50: 11, p95: 38.2, p99: 71, max: 99.5 },
      },
      {
        step: 'login',
        method: 'POST',
        service: 'api',
        attempts: 1000,
        ok: 987,
        latency: { p50: 0.42, p95: 22, p99: 30_000, max: 30_000 },
      },
      {
        step: 'checkout',
        method: 'POST',
        service: 'api',
        attempts: 1000,
        ok: 588,
        latency: { p50: 80.1, p95: 412, p99: 1320, max: 1900 },
      },
      { step: 'refund', method: 'POST', service: 'api', attempts: 0, ok: 0 },
    ],
    rps: 49.8,
    rateLimitRps: 50,
    rerun: 'TURBULENCE_SEED=42 npx vitest run load/shop.scenario.yaml',
    folder: '.turbulence/runs/shop-20260823-101500-a1b2',
    ...more,
  }
}

/** Made by hand: a skipped cell measured nothing, so it has neither latency nor a start. */
function skippedCell(reason: string): CellRecord {
  return {
    cycle: 2,
    group: 'admins',
    state: 'skipped',
    reason,
    place: { file: FILE, line: 16, column: 3 },
    durationMs: 0,
    iterations: { begun: 0, ok: 0, failed: 0, aborted: 0, dropped: 0 },
    requests: {},
    verdicts: [],
    causes: [],
  }
}
