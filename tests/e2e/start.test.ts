// Services that a test run starts: once for all scenario files, only when one of them runs, and gone
// afterwards, whatever happened.
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { failures, runTree, settle } from '../support/e2e.ts'
import type { TreeRun } from '../support/e2e.ts'
import { freePort } from '../support/free-port.ts'
import { isRunning } from '../support/processes.ts'
import { removeCopies, runFixture } from '../support/run-fixture.ts'
import type { FixtureOptions, FixtureRun } from '../support/run-fixture.ts'

vi.setConfig({ testTimeout: 60_000 })
afterAll(removeCopies)

let port: number
beforeEach(async () => {
  port = await freePort()
})

const env = (more: Readonly<Record<string, string>> = {}): FixtureOptions => ({
  shop: false,
  env: { SHOP_PORT: String(port), ...more },
})
const start = (options: FixtureOptions = {}): Promise<TreeRun> => runTree('start', { ...env(), ...options })

/** Of the shops that were started. */
const pids = (run: FixtureRun): number[] =>
  [...(run.file('shop.log') ?? '').matchAll(/^pid (\d+)$/gm)].map(([, pid]) => Number(pid))
const requests = (run: FixtureRun): number => (run.file('shop.log') ?? '').match(/^(?:GET|POST) /gm)?.length ?? 0

const rewrite = (name: string, from: string, to: string) => (folder: string) => {
  const file = join(folder, name)
  const text = readFileSync(file, 'utf8')
  if (!text.includes(from)) throw new Error(`${name} has no ${from}`)
  writeFileSync(file, text.replace(from, to))
}

describe('one shop for two scenario files', () => {
  test('is started once, used by both and gone afterwards', async () => {
    const run = await start()
    expect(run.tree.split('\n').toSorted().join('\n')).toMatchInlineSnapshot(`
      "✓ browse > cycle 1 > agents
      ✓ order > cycle 1 > agents
      ✓ order > cycle 2 > agents"
    `)
    expect(run.code).toBe(0)
    expect(requests(run)).toBe(3 + 4)
    expect(pids(run)).toHaveLength(1)
    expect(pids(run).filter(isRunning)).toEqual([])
    expect(settle(run.stdout)).toMatch(/shop {2}starting: node server\.mjs\n.*shop {2}ready after <time> at/s)
  })

  test('is not started by vitest list, nor when no cell is selected', async () => {
    const listed = await runFixture('start', { ...env(), args: ['list'] })
    expect(listed.stdout).toContain('browse > cycle 1 > agents')
    expect(listed.file('shop.log')).toBeUndefined()
    const filtered = await start({ args: ['run', '-t', 'no such test'] })
    expect(filtered.file('shop.log')).toBeUndefined()
  })

  test('is started for the one file that a filter leaves', async () => {
    const run = await start({ args: ['run', 'order'] })
    expect(run.code).toBe(0)
    expect(pids(run)).toHaveLength(1)
    expect(requests(run)).toBe(4)
  })
})

describe('a shop that does not come up', () => {
  test('fails each file at the line of start, with exit code and last output', async () => {
    const run = await start({
      args: ['run', 'order'],
      arrange: rewrite(
        'server.mjs',
        'note(`pid',
        'console.error(`no database for ${process.env.DB_PASSWORD}`); process.exit(3)\nnote(`pid',
      ),
      ...env({ DB_PASSWORD: 'hunter2hunter2' }),
    })
    expect(run.code).toBe(1)
    expect(run.tree).toMatchInlineSnapshot(`
      "↓ order > cycle 1 > agents
      ↓ order > cycle 2 > agents"
    `)
    expect(failures(run)).toMatchInlineSnapshot(`
      " FAIL  |scenarios| order.scenario.yaml:1 > order
      StartError: Service "shop" ended before it was ready, after <time>: "node server.mjs", exit code 3.
      It wrote at last:
        no database for ***
       ❯ shop.sut.yaml:6:5"
    `)
    expect(run.junit).toContain('exit code 3')
    expect(run.stdout + run.stderr + run.junit).not.toContain('hunter2')
  })

  test('is told when it is not ready in time, and sends nothing', async () => {
    const run = await start({
      args: ['run', 'order'],
      arrange: (folder) => {
        rewrite('shop.sut.yaml', 'timeout: 20s', 'timeout: 1s')(folder)
        rewrite('server.mjs', 'response.set', 'response.statusCode = 503\n  response.set')(folder)
      },
    })
    expect(run.code).toBe(1)
    expect(failures(run)).toContain('is not ready after')
    expect(requests(run)).toBe(0)
    expect(pids(run).filter(isRunning)).toEqual([])
  })
})

describe('something that listens there already', () => {
  const listening = async (test: () => Promise<void>): Promise<void> => {
    const server: Server = createServer((_, response) => {
      response.setHeader('Content-Type', 'application/json')
      response.end('{"greeting":"welcome"}')
    })
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    await test().finally(() => server.close())
  }

  test('is used', () =>
    listening(async () => {
      const run = await start()
      expect(run.code).toBe(0)
      expect(pids(run)).toEqual([])
      expect(settle(run.stdout)).toContain('not started: uses what already listens at 127.0.0.1:<port>')
    }))

  test('is a mistake in CI', () =>
    listening(async () => {
      const run = await start({ ...env({ CI: 'true' }), args: ['run', 'browse'] })
      expect(run.code).toBe(1)
      expect(failures(run)).toContain('something already listens at 127.0.0.1:<port>')
    }))
})

test('a shop that dies during the run: the failures show it, the record says why', async () => {
  const run = await start({
    args: ['run', 'order'],
    arrange: rewrite(
      'server.mjs',
      'response.end(',
      "if (request.url === '/orders') { console.error('out of memory'); process.exit(9) }\n  response.end(",
    ),
  })
  expect(run.code).toBe(1)
  expect(run.stdout).toContain('Service "shop" ended during the run: "node server.mjs", exit code 9.')
  const summary = run.file(
    `.turbulence/runs/${/order-\d{8}-\d{6}-[0-9a-z]{4}/.exec(run.junit)?.[0] ?? ''}/summary.json`,
  )
  const { record } = JSON.parse(summary ?? '{}') as { record: { notices: string[] } }
  expect(record.notices.join('\n')).toContain('out of memory')
})

describe('when the test run is cut off', () => {
  const busy = rewrite(
    'order.scenario.yaml',
    'agents: 2',
    'agents: { buyers: { count: 2, workload: { duration: 30s } } }',
  )

  test.each<{ signals: NodeJS.Signals[] }>([
    { signals: ['SIGINT'] },
    { signals: ['SIGINT', 'SIGINT'] },
    { signals: ['SIGTERM'] },
  ])('by $signals, nothing is left', async ({ signals }) => {
    const run = await start({ args: ['run', 'order'], arrange: busy, interrupt: { when: 'hosts', signals } })
    expect(pids(run)).toHaveLength(1)
    expect(pids(run).filter(isRunning)).toEqual([])
  })

  test('by SIGKILL, nothing is left after a moment', async () => {
    const run = await start({
      args: ['run', 'order'],
      arrange: busy,
      interrupt: { when: 'hosts', signals: ['SIGKILL'] },
    })
    expect(pids(run)).toHaveLength(1)
    await expect.poll(() => pids(run).filter(isRunning), { timeout: 10_000 }).toEqual([])
  })

  test('by a crash of the worker, nothing is left', async () => {
    // Only a worker has a parent to send messages to.
    const crash = `import { existsSync, readFileSync } from 'node:fs'
const isBusy = () => existsSync('shop.log') && readFileSync('shop.log', 'utf8').includes('POST')
if (process.send) setInterval(() => isBusy() && process.kill(process.pid, 'SIGKILL'), 20)`
    const run = await start({
      ...env({ NODE_OPTIONS: '--import ./crash.mjs' }),
      args: ['run', 'order'],
      arrange: (folder) => {
        busy(folder)
        writeFileSync(join(folder, 'crash.mjs'), crash)
      },
    })
    expect(run.code).toBe(1)
    expect(pids(run)).toHaveLength(1)
    expect(pids(run).filter(isRunning)).toEqual([])
  })

  test('while the shop is still being started, nothing is left', async () => {
    const never = rewrite(
      'server.mjs',
      'server.listen(',
      'setInterval(() => undefined, 1000)\nif (false) server.listen(',
    )
    const run = await start({
      args: ['run', 'order'],
      arrange: never,
      interrupt: { when: 'starting', signals: ['SIGINT'] },
    })
    expect(run.code).not.toBe(0)
    expect(pids(run).filter(isRunning)).toEqual([])
  })
})
