import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { virtualClock, wallClock } from '../../src/clock.ts'
import type { Clock } from '../../src/clock.ts'
import { burstWarning, defaultBurst } from '../../src/limits/burst.ts'
import { NOT_ADMITTED, rateLimiter } from '../../src/limits/rate-limit.ts'
import type { LimiterState } from '../../src/limits/rate-limit.ts'

interface Admission {
  readonly order: number
  readonly at: number
  readonly waitedMs: number
}

/** Lets one request arrive after each gap and tells who was admitted when. */
async function admissions(clock: Clock, rate: number, burst: number, gapsMs: readonly number[]): Promise<Admission[]> {
  const limiter = rateLimiter({ all: { ratePerSecond: rate, burst }, clock })
  const admitted: Admission[] = []
  const running: Promise<void>[] = []
  for (const [order, gapMs] of gapsMs.entries()) {
    if (gapMs > 0) await clock.sleep(gapMs)
    const answer = limiter.acquire()
    const note = (waitedMs: number): void => void admitted.push({ order, at: clock.now(), waitedMs })
    if (typeof answer === 'number') note(answer)
    else running.push(answer.then(note))
  }
  await Promise.all(running)
  expect(limiter.queued).toBe(0)
  expect(limiter.admitted).toBe(gapsMs.length)
  return admitted
}

/** The bound of every window, by brute force. */
function expectBounded(times: readonly number[], rate: number, burst: number): void {
  const broken: string[] = []
  for (let i = 0; i < times.length; i++)
    for (let j = i; j < times.length; j++) {
      const windowMs = (times[j] ?? 0) - (times[i] ?? 0)
      if (j - i + 1 > burst + (rate * windowMs) / 1000 + 1e-6) broken.push(`${j - i + 1} within ${windowMs} ms`)
    }
  expect(broken).toEqual([])
}

const limits = fc.record({
  rate: fc.double({ min: 0.5, max: 20_000, noNaN: true }),
  burst: fc.oneof(fc.constant(1), fc.double({ min: 1, max: 60, noNaN: true })),
})
/** Arrivals in bunches, trickles and lulls, measured in intervals of the limit. */
const gaps = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 3, noNaN: true }), fc.constant(40)), {
  minLength: 1,
  maxLength: 60,
})

describe('a rate limiter', () => {
  test('never lets more than burst + rate × window through, in the order of arrival', async () => {
    await fc.assert(
      fc.asyncProperty(limits, gaps, async ({ rate, burst }, intervals) => {
        const gapsMs = intervals.map((interval) => (interval * 1000) / rate)
        const admitted = await admissions(virtualClock(), rate, burst, gapsMs)
        expect(admitted.map((one) => one.order)).toEqual(gapsMs.map((_, order) => order))
        const times = admitted.map((one) => one.at)
        expectBounded(times, rate, burst)
        let arrivedAt = 0
        for (const [order, gapMs] of gapsMs.entries()) {
          arrivedAt += gapMs
          expect(admitted[order]?.waitedMs).toBeCloseTo((times[order] ?? 0) - arrivedAt, 6)
        }
      }),
      { numRuns: 60 },
    )
  })

  test.each([
    [1, 1],
    [50, 1],
    [50, 5],
    [333, 3.33],
    [5_000, 50],
    [20_000, 200],
    [5_000, 1],
  ])('drains a backlog at the full rate of %d/s with a burst of %d', async (rate, burst) => {
    const count = Math.max(200, Math.round(rate / 5))
    const admitted = await admissions(virtualClock(), rate, burst, Array<number>(count).fill(0))
    const tookMs = admitted.at(-1)?.at ?? 0
    const idealMs = ((count - burst) / rate) * 1000
    // The last waiters may have been woken together with others, up to 1 ms late.
    expect(tookMs).toBeGreaterThanOrEqual(idealMs - 1e-6)
    expect(tookMs).toBeLessThanOrEqual(idealMs * 1.01 + 1 + 1000 / rate)
  })

  test('spaces requests evenly when the burst is 1', async () => {
    const admitted = await admissions(virtualClock(), 50, 1, Array<number>(6).fill(0))
    expect(admitted.map((one) => one.at)).toEqual([0, 20, 40, 60, 80, 100])
  })

  test('admits at once, as a number, when nothing waits and there is room', async () => {
    const clock = virtualClock()
    const limiter = rateLimiter({ all: { ratePerSecond: 10, burst: 2 }, clock })
    expect([limiter.acquire(), limiter.acquire()]).toEqual([0, 0])
    const third = limiter.acquire()
    expect(third).toBeInstanceOf(Promise)
    expect(await third).toBe(100)
    await clock.sleep(10_000)
    expect([limiter.acquire(), limiter.acquire()]).toEqual([0, 0])
    expect(limiter.acquire()).toBeInstanceOf(Promise)
  })

  test('wakes waiters in batches at high rates', async () => {
    let wakeUps = 0
    const clock = virtualClock()
    const counting: Clock = {
      ...clock,
      at: (due, run, graceMs) => {
        wakeUps++
        return clock.at(due, run, graceMs)
      },
    }
    const limiter = rateLimiter({ all: { ratePerSecond: 10_000, burst: 100 }, clock: counting })
    const all = Array.from({ length: 2100 }, () => limiter.acquire())
    expect(limiter.queued).toBe(2000)
    await Promise.all(all)
    expect(wakeUps).toBeLessThan(300)
  })

  test.each([
    [2_000, 20],
    [500, 1],
  ])('never exceeds the bound of %d/s and a burst of %d on real timers', async (rate, burst) => {
    let moment = 0
    const clock: Clock = { ...wallClock, now: () => (moment = wallClock.now()) }
    const limiter = rateLimiter({ all: { ratePerSecond: rate, burst }, clock })
    const times: number[] = []
    // The limiter's own last look at the clock: the promise is told a little later.
    const note = (): void => void times.push(moment)
    const all = Array.from({ length: 60 }, () => limiter.acquire())
    await Promise.all(all.map((one) => (typeof one === 'number' ? note() : one.then(note))))
    expect(times).toHaveLength(60)
    expectBounded(times.slice(Math.floor(burst)), rate, burst)
  })

  test('lets go of a waiter whose signal aborts, and of nobody else', async () => {
    const clock = virtualClock()
    const limiter = rateLimiter({ all: { ratePerSecond: 10, burst: 1 }, clock })
    const [leaving, staying] = [new AbortController(), new AbortController()]
    void limiter.acquire()
    const answers = [leaving, staying, leaving, staying].map(({ signal }) => limiter.acquire(signal))
    expect(limiter.queued).toBe(4)
    leaving.abort()
    expect(limiter.queued).toBe(2)
    expect(await Promise.all(answers)).toEqual([NOT_ADMITTED, 100, NOT_ADMITTED, 200])
    expect(limiter.admitted).toBe(3)
    expect(limiter.acquire(leaving.signal)).toBe(NOT_ADMITTED)
    staying.abort()
    expect(limiter.admitted).toBe(3)
  })

  test('goes on serving after everybody who waited has left', async () => {
    const clock = virtualClock()
    const limiter = rateLimiter({ all: { ratePerSecond: 10, burst: 1 }, clock })
    const leaving = new AbortController()
    void limiter.acquire()
    const left = limiter.acquire(leaving.signal)
    leaving.abort()
    expect(await left).toBe(NOT_ADMITTED)
    expect(await limiter.acquire()).toBe(100)
  })

  test('keeps pace with 50,000 waiters on one signal (constant time each)', async () => {
    const clock = virtualClock()
    const limiter = rateLimiter({ all: { ratePerSecond: 100_000, burst: 1000 }, clock })
    const { signal } = new AbortController()
    await Promise.all(Array.from({ length: 50_000 }, () => limiter.acquire(signal)))
    expect(limiter.admitted).toBe(50_000)
    expect(clock.now()).toBeLessThan(500)
  })

  test('refuses limits that let nothing through', () => {
    const clock = virtualClock()
    expect(() => rateLimiter({ all: { ratePerSecond: 0, burst: 1 }, clock })).toThrow('above 0/s')
    expect(() => rateLimiter({ all: { ratePerSecond: Number.NaN, burst: 1 }, clock })).toThrow('above 0/s')
    expect(() => rateLimiter({ all: { ratePerSecond: 5, burst: 0.5 }, clock })).toThrow('at least 1, not 0.5')
  })
})

test.each([
  [50, 1.25],
  [100, 1.5],
  [250, 2.5],
  [5_000, 50],
])('the default burst at %d/s is %d', (rate, burst) => {
  expect(defaultBurst(rate)).toBe(burst)
  expect(burstWarning(rate, burst)).toBeUndefined()
})

test.each([1, 50, 100, 500])('late wake-ups cost no rate at %d/s with the default burst', async (rate) => {
  const clock = virtualClock()
  let calls = 0
  // Every wake-up comes up to 4 ms late, never the same.
  const late: Clock = { ...clock, at: (due, run, graceMs) => clock.at(due + ((calls++ * 1.7) % 4), run, graceMs) }
  const count = Math.max(20, rate)
  const admitted = await admissions(late, rate, defaultBurst(rate), Array<number>(count).fill(0))
  const times = admitted.map((one) => one.at)
  expectBounded(times, rate, defaultBurst(rate))
  const wantedMs = ((count - 1) / rate) * 1000
  expect(times.at(-1)).toBeLessThan(wantedMs * 1.01)
  // One by one all the same, as long as timers tell them apart.
  if (rate <= 100) expect(new Set(times).size).toBe(count)
})

test('warns of a burst that asks for finer wake-ups than a timer gives', () => {
  expect(burstWarning(1_000, 1)).toBeUndefined()
  expect(burstWarning(5_000, 5)).toBeUndefined()
  expect(burstWarning(5_000, 1)).toBe(
    "A burst of 1 at 5000/s needs a wake-up every 0.2 ms, finer than a timer's grain of about 1 ms: " +
      'the rate may not be reached. Give a burst of 50, or leave it out.',
  )
})

describe('limits of services beside the one of all', () => {
  const perService = fc.record({
    all: fc.double({ min: 20, max: 500, noNaN: true }),
    a: fc.double({ min: 5, max: 500, noNaN: true }),
    b: fc.double({ min: 5, max: 500, noNaN: true }),
    burst: fc.integer({ min: 1, max: 5 }),
  })
  const arrivals = fc.array(
    fc.record({ service: fc.constantFrom('a', 'b', 'free'), gapMs: fc.oneof(fc.constant(0), fc.nat(30)) }),
    { minLength: 1, maxLength: 60 },
  )

  test('both are kept, and each service is served in the order of arrival', async () => {
    await fc.assert(
      fc.asyncProperty(perService, arrivals, async ({ all, a, b, burst }, given) => {
        const clock = virtualClock()
        const services = new Map([
          ['a', { ratePerSecond: a, burst }],
          ['b', { ratePerSecond: b, burst }],
        ])
        const limiter = rateLimiter({ all: { ratePerSecond: all, burst }, services, clock })
        const admitted: { service: string; order: number; at: number }[] = []
        const running: Promise<void>[] = []
        for (const [order, { service, gapMs }] of given.entries()) {
          if (gapMs > 0) await clock.sleep(gapMs)
          const answer = limiter.acquire(undefined, service)
          const note = (): void => void admitted.push({ service, order, at: clock.now() })
          if (typeof answer === 'number') note()
          else running.push(answer.then(note))
        }
        await Promise.all(running)
        expect(limiter.queued).toBe(0)
        expectBounded(
          admitted.map(({ at }) => at),
          all,
          burst,
        )
        for (const [name, rate] of [
          ['a', a],
          ['b', b],
          ['free', all],
        ] as const) {
          const own = admitted.filter(({ service }) => service === name)
          expectBounded(
            own.map(({ at }) => at),
            rate,
            burst,
          )
          expect(own.map(({ order }) => order)).toEqual(own.map(({ order }) => order).toSorted((x, y) => x - y))
        }
      }),
      { numRuns: 60 },
    )
  })

  test('one that is slow holds nobody else back', async () => {
    const clock = virtualClock()
    const services = new Map([['slow', { ratePerSecond: 1, burst: 1 }]])
    const limiter = rateLimiter({ services, clock })
    expect(limiter.acquire(undefined, 'slow')).toBe(0)
    const waiting = limiter.acquire(undefined, 'slow')
    expect(limiter.acquire(undefined, 'fast')).toBe(0)
    expect(limiter.acquire()).toBe(0)
    expect(await waiting).toBe(1000)
  })

  test('those who wait for the limit of all are not overtaken by another service', async () => {
    const clock = virtualClock()
    const services = new Map([['slow', { ratePerSecond: 1000, burst: 10 }]])
    const limiter = rateLimiter({ all: { ratePerSecond: 10, burst: 1 }, services, clock })
    expect(limiter.acquire(undefined, 'slow')).toBe(0)
    const order: string[] = []
    const first = Promise.resolve(limiter.acquire(undefined, 'slow')).then(() => order.push('slow'))
    const second = Promise.resolve(limiter.acquire()).then(() => order.push('other'))
    await Promise.all([first, second])
    expect(order).toEqual(['slow', 'other'])
    expect(clock.now()).toBe(200)
  })

  test('leaving the queue of a service wakes nobody too early', async () => {
    const clock = virtualClock()
    const limiter = rateLimiter({ services: new Map([['slow', { ratePerSecond: 1, burst: 1 }]]), clock })
    expect(limiter.acquire(undefined, 'slow')).toBe(0)
    const gone = new AbortController()
    const left = limiter.acquire(gone.signal, 'slow')
    const stays = limiter.acquire(undefined, 'slow')
    gone.abort()
    expect(await left).toBe(NOT_ADMITTED)
    expect(await stays).toBe(1000)
  })
})

describe('a limiter that goes on where another one stood', () => {
  test('holds back what would have been held back', async () => {
    const clock = virtualClock()
    const limited = { all: { ratePerSecond: 10, burst: 2 }, clock }
    const first = rateLimiter(limited)
    expect([first.acquire(), first.acquire()]).toEqual([0, 0])
    const second = rateLimiter(limited)
    second.restore(JSON.parse(JSON.stringify(first.state)) as LimiterState)
    expect(await second.acquire()).toBeCloseTo(100, 6)
    // One that knows nothing would have let it through.
    expect(rateLimiter(limited).acquire()).toBe(0)
  })
})
