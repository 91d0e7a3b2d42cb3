// The lines that a run keeps in its folder: one per iteration, failures always, the rest as asked for;
// without secrets, whatever the disk does.
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { manifestOf } from '../../src/store/manifest.ts'
import { HOST, aPlan, play } from '../support/a-plan.ts'
import type { Played } from '../support/a-plan.ts'

const runsDir = mkdtempSync(join(tmpdir(), 'turbulence-records-'))
afterAll(() => rmSync(runsDir, { recursive: true, force: true }))

type Line = Readonly<Record<string, unknown>>
const text = ({ record }: Played, name: string): string => {
  const path = join(record.folder ?? '', `${name}.jsonl`)
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}
const lines = (played: Played, name: string): Line[] =>
  text(played, name)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)

const FLOW = `
agents: { a: { count: 3, workload: { iterations: 2 } } }
simulation: { cycles: 2 }
variation: { parameters: { quantity: { type: choice, values: [1, 2, 50] } } }
flow:
  - { type: http, name: look, path: "/look?q={{variation.quantity}}", headers: { x-id: "{{correlation_id}}" } }
  - { type: http, name: pay, method: POST, path: /pay }
  - { type: assert, name: paid, expect: { jsonpath: $.paid, equals: true } }
`
const respond = ({ path }: { path: string }, position: number): object =>
  path === '/pay' && position % 4 === 3 ? { status: 500 } : { body: { paid: position % 8 !== 1 } }

describe('instances.jsonl', () => {
  test('has one line for each iteration, with what it was given and how it ended', async () => {
    const played = await play(FLOW, { runsDir, respond })
    const all = lines(played, 'instances')
    expect(all).toHaveLength(12)
    expect(new Set(all.map(({ agent, cycle, iteration }) => JSON.stringify([agent, cycle, iteration]))).size).toBe(12)
    const looks = played.log.filter(({ path }) => path.startsWith('/look'))
    for (const line of all) {
      const { quantity } = line['variation'] as Line
      const sent = looks.find(({ headers }) => headers['x-id'] === line['correlation_id'])
      expect(sent?.path).toBe(`/look?q=${Number(quantity)}`)
      expect(line).toMatchObject({ group: 'a', aborted: false, duration_ms: expect.any(Number) })
      expect(line['ok']).toBe(!Object.hasOwn(line, 'failure'))
    }
    expect(all.find(({ ok }) => ok === false)?.['failure']).toMatchObject({ step: 'pay', outcome: 'failed' })
  })

  test('says which were cut off', async () => {
    const played = await play(FLOW, { runsDir, during: (run, clock) => void clock.at(15, () => run.stop('enough', 0)) })
    expect(lines(played, 'instances').map(({ aborted }) => aborted)).toEqual([true, true, true])
  })
})

describe('steps.jsonl and assertions.jsonl', () => {
  test('have what failed, with the request and the answer', async () => {
    const played = await play(FLOW, { runsDir, respond })
    const failed = lines(played, 'steps')
    expect(failed.length).toBeGreaterThan(0)
    for (const line of failed)
      expect(line).toMatchObject({
        step: 'pay',
        type: 'http',
        ok: false,
        outcome: 'failed',
        status: 500,
        latency_ms: 10,
        curl: expect.any(String),
      })
    for (const line of lines(played, 'assertions'))
      expect(line).toMatchObject({ step: 'paid', ok: false, message: expect.stringContaining('$.paid') })
  })

  test('have all, when all is asked for', async () => {
    const played = await play(FLOW, { runsDir, record: 'all' })
    expect(lines(played, 'steps')).toHaveLength(24)
    expect(lines(played, 'steps')[0]).toMatchObject({ step: 'look', ok: true, status: 200, latency_ms: 10 })
    expect(lines(played, 'assertions')).toHaveLength(12)
  })

  test('have all of one iteration in a hundred, the same for the same seed', async () => {
    const sampled = async (): Promise<Line[]> => {
      const many = FLOW.replace('count: 3', 'count: 300').replace(/\n.*paid, expect.*/, '')
      return lines(await play(many, { runsDir, record: 'sampled' }), 'steps')
    }
    const steps = await sampled()
    expect(steps.length).toBeGreaterThan(4)
    expect(steps.length).toBeLessThan(60)
    expect(steps.filter(({ step }) => step === 'look')).toHaveLength(steps.length / 2)
    expect(new Set(await sampled())).toEqual(new Set(steps))
  })

  test('are not there when nothing is asked for', async () => {
    const played = await play(FLOW, { runsDir, respond, record: 'none' })
    expect(lines(played, 'instances')).toHaveLength(12)
    expect([text(played, 'steps'), text(played, 'assertions')]).toEqual(['', ''])
  })

  test('keep setup and teardown apart', async () => {
    const played = await play(`${FLOW}teardown: [{ type: http, name: clean, path: /clean }]`, {
      runsDir,
      respond: ({ path }) => (path === '/clean' ? { status: 500 } : { body: { paid: true } }),
    })
    expect(lines(played, 'steps')).toEqual([expect.objectContaining({ outside: 'teardown', step: 'clean' })])
  })
})

describe('a folder that cannot be written', () => {
  test.skipIf(process.getuid?.() === 0)('costs the lines and one notice, never the run', async () => {
    const closed = mkdtempSync(join(runsDir, 'closed-'))
    chmodSync(closed, 0o500)
    const { record } = await play(FLOW, { runsDir: closed, respond })
    expect(record.notices.filter((notice) => notice.includes('permission denied'))).toHaveLength(1)
    expect(record.cells).toHaveLength(2)
  })

  test('is told once, also when it goes away while the run goes on', async () => {
    const { record } = await play(FLOW.replace('count: 3', 'count: 400'), {
      runsDir,
      respond,
      during: (run) => rmSync(join(runsDir, run.plan.runId), { recursive: true, force: true }),
      onCycle: (tick) => rmSync(join(runsDir, tick.runId), { recursive: true, force: true }),
    })
    expect(record.cells).toHaveLength(2)
    expect(record.notices.filter((notice) => notice.includes('the folder is gone')).length).toBeGreaterThan(0)
    expect(record.notices.filter((notice) => notice.includes('instances.jsonl')).length).toBeLessThanOrEqual(1)
  })
})

describe('redact', () => {
  const SECRET = `
redact: [card_number, pin]
agents: { a: { count: 1, data: ./cards.csv, thresholds: [requests > 0] } }
variation: { parameters: { pin: { type: choice, values: [9911] } } }
setup: [{ type: set, name: keep, vars: { note: made } }]
flow:
  - type: http
    name: pay
    method: POST
    path: "/pay?card_number={{data.card_number}}"
    headers: { card_number: "{{data.card_number}}" }
    json: { card_number: "{{data.card_number}}", pin: "{{variation.pin}}", nested: { card_number: "5555666677778888" } }
    extract: { card_number: $.card_number }
    expect: { jsonpath: $.card_number, equals: "0000" }
    `
  const SAID = /4111222233334444|5555666677778888|9911/

  test('keeps values out of records, causes, notices and the manifest', async () => {
    const played = await play(SECRET, {
      runsDir,
      record: 'all',
      files: { 'cards.csv': 'card_number\n4111222233334444\n' },
      respond: () => ({ body: { card_number: '4111222233334444', list: [{ pin: 9911 }] } }),
    })
    expect(JSON.stringify(played.log)).toMatch(SAID)
    for (const name of ['instances', 'steps', 'assertions']) expect(text(played, name)).not.toMatch(SAID)
    expect(lines(played, 'steps')[0]).toMatchObject({ ok: false, message: expect.stringContaining('***') })
    expect(lines(played, 'instances')[0]).toMatchObject({ variation: { pin: '***' } })
    expect(JSON.stringify(played.record)).not.toMatch(SAID)
    const folder = played.record.folder ?? ''
    for (const name of ['manifest.json', 'summary.json'])
      expect(readFileSync(join(folder, name), 'utf8')).not.toMatch(SAID)
  })

  test('shows the values where nobody asked for that', async () => {
    const open = SECRET.replace('redact: [card_number, pin]', '')
    const played = await play(open, { runsDir, files: { 'cards.csv': 'card_number\n4111222233334444\n' } })
    expect(text(played, 'steps')).toMatch(SAID)
  })

  test('never writes the rows of data files into the manifest', () => {
    const plan = aPlan(SECRET.replace('redact: [card_number, pin]', ''), {
      files: { 'cards.csv': 'card_number\n4111222233334444\n' },
    })
    const manifest = manifestOf(plan, { startedAt: '', ...HOST })
    expect(JSON.stringify(manifest)).not.toContain('4111222233334444')
  })
})
