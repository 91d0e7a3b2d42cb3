// Real processes: commands with children, commands that fail, hang, ignore signals or die later.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Services } from '../../../src/adapters/start/services.ts'
import type { Start } from '../../../src/adapters/start/services.ts'
import { wallClock } from '../../../src/clock.ts'
import type { Clock } from '../../../src/clock.ts'
import { TurbulenceError } from '../../../src/errors.ts'
import { freePort } from '../../support/free-port.ts'
import { isRunning } from '../../support/processes.ts'

/** Sees seconds pass in hundredths: the graces are not waited for. */
const hasty: Clock = { ...wallClock, now: () => wallClock.now() * 100 }

/** Writes its process id, then listens; what else it does comes from its argument. */
const SERVER = `
import { appendFileSync } from 'node:fs'
import { createServer } from 'node:http'
appendFileSync('started.txt', process.pid + '\\n')
const mode = process.argv[2]
if (mode === 'deaf') process.on('SIGTERM', () => console.log('not now'))
if (mode === 'broken') { console.error('no database: ' + process.env.DB_PASSWORD); process.exit(3) }
if (mode === 'silent') process.exit(4)
if (mode === 'idle') { console.log('waiting'); setInterval(() => {}, 1000) }
else createServer((request, response) => {
  if (request.url === '/die') { console.log('as you wish'); process.exit(7) }
  response.statusCode = request.url === '/busy' ? 503 : request.url === '/missing' ? 404 : 200
  response.end(process.env.GREETING ?? '')
}).listen(Number(process.env.PORT), '127.0.0.1')
`

let folder: string
let said: string[]
let services: Services
let port: number

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'start-'))
  writeFileSync(join(folder, 'server.mjs'), SERVER)
  said = []
  services = open()
  port = await freePort()
})
afterEach(async () => {
  await services.stop()
  rmSync(folder, { recursive: true, force: true })
})

const open = (env: NodeJS.ProcessEnv = {}, clock: Clock = wallClock): Services =>
  new Services({ clock, env: { PATH: process.env['PATH'], ...env }, say: (line) => said.push(line) })

const aStart = (change: Partial<Start> = {}): Start => ({
  service: 'api',
  baseUrl: `http://127.0.0.1:${port}`,
  command: 'node server.mjs',
  cwd: folder,
  env: { PORT: String(port) },
  timeoutMs: 20_000,
  place: { file: '/shop.sut.yaml', line: 5, column: 5 },
  ...change,
})

const pids = (): number[] => {
  const file = join(folder, 'started.txt')
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(Number) : []
}
const running = (): number[] => pids().filter(isRunning)
const nobody = (): void => undefined

async function refusal(start: Start, of: Services = services): Promise<string> {
  const error: unknown = await of.need([start], nobody).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof TurbulenceError)) throw new Error(`not refused: ${String(error)}`)
  expect(error.place).toEqual(start.place)
  return [error.message, ...(error.hint === undefined ? [] : [error.hint])]
    .join('\n')
    .replaceAll(String(port), '<port>')
    .replaceAll(/\b[\d.]+ m?s\b/g, '<time>')
}

describe('a service that comes up', () => {
  test('is started once for all that need it, and stopped', async () => {
    await Promise.all([services.need([aStart()], nobody), services.need([aStart()], nobody)])
    await services.need([aStart({ ready: '/missing' })], nobody)
    expect(running()).toHaveLength(1)
    await services.stop()
    expect(pids()).toHaveLength(1)
    expect(running()).toEqual([])
  })

  test('inherits the environment, with its own laid over', async () => {
    services = open({ GREETING: 'inherited', PORT: '1' })
    await services.need([aStart({ ready: '/health' })], nobody)
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('inherited')
  })

  test('may be a list of words, without a shell', async () => {
    await services.need([aStart({ command: ['node', 'server.mjs', '; touch trap'] })], nobody)
    expect(existsSync(join(folder, 'trap'))).toBe(false)
  })

  test('is started again after a stop: a second test run begins anew', async () => {
    await services.need([aStart()], nobody)
    await services.stop()
    await services.need([aStart()], nobody)
    expect(pids()).toHaveLength(2)
    expect(running()).toHaveLength(1)
  })

  test('says what is run and how long it took', async () => {
    await services.need([aStart()], nobody)
    expect(said.map((line) => line.replaceAll(/after .* at/g, 'after <time> at'))).toEqual([
      'api  starting: node server.mjs',
      `api  ready after <time> at http://127.0.0.1:${port}`,
    ])
  })
})

describe('nothing survives', () => {
  test('children of a shell that waits for them', async () => {
    await services.need([aStart({ command: 'node server.mjs idle & node server.mjs & wait' })], nobody)
    await expect.poll(() => running().length).toBe(2)
    await services.stop()
    await expect.poll(running).toEqual([])
  })

  test('what ignores SIGTERM', async () => {
    services = open({}, hasty)
    await services.need([aStart({ command: 'node server.mjs deaf', timeoutMs: 2_000_000 })], nobody)
    expect(running()).toHaveLength(1)
    await services.stop()
    // Killed it is at once; gone only when the system has cleared it away.
    await expect.poll(running).toEqual([])
  })

  test('what a command leaves behind when it ends before it is ready', async () => {
    await refusal(aStart({ command: 'node server.mjs idle & sleep 0.3', env: {} }))
    await expect.poll(running).toEqual([])
  })

  test('what is still being started', async () => {
    const needed = refusal(aStart({ command: 'node server.mjs idle' }))
    await expect.poll(() => running().length).toBe(1)
    await services.stop()
    expect(await needed).toBe('Service "api" was not started: the run was cancelled.')
    expect(running()).toEqual([])
  })
})

describe('a service that does not come up', () => {
  test('ends at once: its exit code and its last words, without secrets', async () => {
    services = open({ DB_PASSWORD: 'hunter2hunter2' })
    expect(await refusal(aStart({ command: 'node server.mjs broken' }))).toMatchInlineSnapshot(`
      "Service "api" ended before it was ready, after <time>: "node server.mjs broken", exit code 3.
      It wrote at last:
        no database: ***"
    `)
  })

  test('is not tried again', async () => {
    await refusal(aStart({ command: 'node server.mjs silent' }))
    expect(await refusal(aStart({ command: 'node server.mjs silent' }))).toMatchInlineSnapshot(`
      "Service "api" ended before it was ready, after <time>: "node server.mjs silent", exit code 4.
      It wrote nothing."
    `)
    expect(pids()).toHaveLength(1)
  })

  test('is no program', async () => {
    expect(await refusal(aStart({ command: ['no-such-program'] }))).toMatchInlineSnapshot(`
      "Service "api" ended before it was ready, after <time>: "no-such-program", it could not be run (spawn no-such-program ENOENT).
      It wrote nothing."
    `)
  })

  test('never listens', async () => {
    const start = aStart({ command: 'node server.mjs idle', timeoutMs: 1500 })
    expect(await refusal(start)).toMatchInlineSnapshot(`
      "Service "api" is not ready after <time>: nothing listens at 127.0.0.1:<port>.
      It wrote at last:
        waiting"
    `)
    expect(running()).toEqual([])
  })

  test('answers with 503 for ever', async () => {
    expect(await refusal(aStart({ ready: '/busy', timeoutMs: 1500 }))).toMatchInlineSnapshot(`
      "Service "api" is not ready after <time>: GET http://127.0.0.1:<port>/busy answers with status 503.
      It wrote nothing."
    `)
    expect(running()).toEqual([])
  })
})

describe('a service that ends during the run', () => {
  test('is told to those who use it, and refused to those who come later', async () => {
    const told = new Promise<string>((resolve) => void services.need([aStart()], resolve).then(die))
    expect((await told).replaceAll(String(port), '<port>')).toMatchInlineSnapshot(`
      "Service "api" ended during the run: "node server.mjs", exit code 7.
      It wrote at last:
        as you wish"
    `)
    expect(await refusal(aStart())).toContain('ended during the run')
  })

  const die = async (): Promise<void> => {
    await fetch(`http://127.0.0.1:${port}/die`).catch(nobody)
  }
})

describe('something listens already', () => {
  let close: () => void
  beforeEach(async () => {
    const server = createServer((_, response) => response.end())
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    close = () => server.close()
  })
  afterEach(() => close())

  test('it is used, and nothing is started', async () => {
    await services.need([aStart({ ready: '/health' })], nobody)
    expect(pids()).toEqual([])
    expect(said).toEqual([`api  not started: uses what already listens at 127.0.0.1:${port}`])
  })

  test('in CI that is a mistake', async () => {
    const inCi = open({ CI: 'true' })
    expect(await refusal(aStart(), inCi)).toMatchInlineSnapshot(`
      "Service "api" cannot be started: something already listens at 127.0.0.1:<port>.
      Stop it, give the service another port, or set "reuse: true" to use it (in CI it is false)."
    `)
    await expect(open({ CI: 'true' }).need([aStart({ reuse: true })], nobody)).resolves.toBeUndefined()
    await expect(open({ CI: 'false' }).need([aStart()], nobody)).resolves.toBeUndefined()
  })

  test('with reuse: false too', async () => {
    expect(await refusal(aStart({ reuse: false }))).toMatchInlineSnapshot(`
      "Service "api" cannot be started: something already listens at 127.0.0.1:<port>.
      Stop it, give the service another port, or remove "reuse: false" to use it."
    `)
  })
})

test('one address cannot be two services of ours', async () => {
  await services.need([aStart()], nobody)
  expect(await refusal(aStart({ command: 'node server.mjs other' }))).toMatchInlineSnapshot(`
    "Service "api" cannot be started: something already listens at 127.0.0.1:<port>.
    Another scenario of this test run started it with another command, folder or environment."
  `)
  expect(pids()).toHaveLength(1)
})
