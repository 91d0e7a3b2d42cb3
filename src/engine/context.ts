// One agent: its names, memory, cookies and its way to the services. Sends requests under the rate
// limit and turns each attempt into exactly one Sample. Which steps it runs is iteration.ts's business.
import type { Answer, Judge, Request, StepContext } from '../actions/action.ts'
import { NOT_ADMITTED } from '../limits/rate-limit.ts'
import type { Random } from '../random.ts'
import type { Failure, Outcome, Sample } from '../sample.ts'
import { lastResponse, ReplyAnswer } from './answer.ts'
import type { BreakerGuard } from './breaker-guard.ts'
import { CookieStore } from './cookies.ts'
import { sampleOf } from './measure.ts'
import type { Waits } from './measure.ts'
import { NO_SLOT } from './program.ts'
import type { CompiledStep } from './program.ts'
import { decideRetry, withNote } from './retry-after.ts'
import type { Channel, Reply } from './transport.ts'
import { baseOf } from './world.ts'
import type { Ask, Base, Sent, World } from './world.ts'

export class AgentContext implements StepContext {
  readonly id: string
  readonly group: string | undefined
  readonly index: number
  vars: Record<string, unknown> = Object.create(null)
  last: Answer | undefined
  cycle = 0
  iteration = 0
  /** By the step that is running. */
  sent: Sent | undefined
  /** In this iteration. */
  lastSent: Sent | undefined
  /** Whether this iteration has let others run. */
  hasWaited = false
  /** Whether this iteration has sent a request. */
  hasSent = false

  readonly #world: World
  readonly #channel: Channel
  readonly #agent: Readonly<Record<string, unknown>>
  readonly #memory: Record<string, unknown> = Object.create(null)
  #cookies: CookieStore | undefined
  #step: CompiledStep | undefined
  #random: Random | undefined
  #correlationId: string | undefined
  /** When the first request of this iteration was due, in an open workload. */
  #dueMs: number | undefined
  /** Cuts off what is under way when a graceful stop is over, the run's or this group's. */
  #cut = new AbortController()
  /** As `#cut` has it, whose own getter is too slow to be asked at every step. */
  stopped = false

  /** @param index from 1 */
  constructor(world: World, group: string | undefined, index: number, vars: Readonly<Record<string, unknown>>) {
    this.#world = world
    this.#channel = world.transport.channel()
    this.group = group
    this.index = index
    this.id = group === undefined ? 'setup' : `${group}-${index}`
    this.#agent = { id: this.id, index, group: group ?? '', vars }
  }

  /** @param dueMs when it was due, if it is due at a certain moment */
  begin(cycle: number, iteration: number, dueMs?: number): void {
    this.cycle = cycle
    this.iteration = iteration
    this.vars = Object.create(null)
    this.last = undefined
    this.lastSent = undefined
    this.hasWaited = this.hasSent = false
    this.#dueMs = dueMs
    if (this.stopped) this.#cut = new AbortController()
    this.stopped = false
    this.#correlationId = undefined
    if (this.#world.plan.cookies === 'iteration') this.#cookies = undefined
  }

  enter(step: CompiledStep): void {
    this.#step = step
    this.#random = undefined
    this.sent = undefined
  }

  /** Ends what is under way: the request as `aborted`, a wait at once. */
  abort(): void {
    this.stopped = true
    this.#cut.abort()
    this.#channel.abort()
  }

  builtin(name: string): unknown {
    const { plan, clock, setup } = this.#world
    switch (name) {
      case 'agent':
        return this.#agent
      case 'memory':
        return this.#memory
      case 'setup':
        return setup
      case 'env':
        return plan.env
      case 'run_id':
        return plan.runId
      case 'scenario':
        return plan.scenario.id
      case 'cycle':
        return this.cycle
      case 'iteration':
        return this.iteration
      case 'correlation_id':
        this.#correlationId ??= this.#stream('correlation_id').uuid()
        return this.#correlationId
      case 'now':
        return new Date(clock.epoch()).toISOString()
      case 'uuid':
        return this.random().uuid()
      case 'last_response':
        return this.last === undefined ? undefined : lastResponse(this.last)
      default:
        return undefined
    }
  }

  random(): Random {
    this.#random ??= this.#stream(this.#step === undefined ? 'step' : `step:${this.#step.source.path}`)
    return this.#random
  }

  #stream(purpose: string): Random {
    return this.#world.seed.stream(
      `${this.group ?? ''}\u0000${this.index}\u0000${this.cycle}\u0000${this.iteration}\u0000${purpose}`,
    )
  }

  async sleep(ms: number): Promise<void> {
    if (ms <= 0) return
    this.hasWaited = true
    if (this.#dueMs !== undefined) this.#dueMs += ms
    await this.#world.clock.sleep(ms, this.#cut.signal)
  }

  check(slot: number, held: boolean): void {
    if (slot !== NO_SLOT) this.#world.observer.check(slot, held)
  }

  remember(name: string, value: unknown): void {
    this.#memory[name] = value
  }

  request(slot: number, request: Request, judge: Judge): Promise<Failure | undefined> {
    const { clock, guard } = this.#world
    const ask: Ask = { slot, request, judge, due: this.#dueMs ?? clock.now(), heldMs: undefined }
    this.#dueMs = undefined
    return guard === undefined || this.hasSent || this.group === undefined
      ? this.#exchange(ask)
      : this.#first(ask, guard)
  }

  /** Held back while it is not known whether the services answer as expected. */
  async #first(ask: Ask, guard: BreakerGuard): Promise<Failure | undefined> {
    const heldMs = await guard.enter(this, this.#cut.signal)
    if (heldMs === NOT_ADMITTED) return notSent
    const failure = await this.#exchange({ ...ask, heldMs })
    if (failure === undefined) guard.answered(this)
    return failure
  }

  async #exchange({ slot, request, judge, due, heldMs }: Ask): Promise<Failure | undefined> {
    const { clock, limiter } = this.#world
    const base = baseOf(this.#world, request.service)
    const url = `${base.url}${request.path}`
    const waitedMs: number[] = []
    for (;;) {
      const admitted = limiter?.acquire(this.#cut.signal)
      let rateLimitMs = typeof admitted === 'object' ? await admitted : admitted
      if (this.stopped) return notSent
      if (heldMs !== undefined && waitedMs.length === 0) rateLimitMs = heldMs + (rateLimitMs ?? 0)
      const headers = this.#cookies === undefined ? request.headers : this.#cookies.addTo(request.headers, url)
      const reply = await this.#send(base, request, headers)
      this.sent = this.lastSent = { request, headers, url, answer: this.#hear(reply, url) }
      const decision = decideRetry(this.last, request, waitedMs, clock.epoch())
      let outcome: Outcome = decision.kind === 'judge' ? 'failed' : 'rate_limited'
      try {
        if (decision.kind === 'fail') return decision.failure
        if (decision.kind === 'judge') {
          const failure = withNote(this.#judge(reply, judge), decision)
          outcome = failure?.outcome ?? 'ok'
          return failure
        }
      } finally {
        // A request that was sent is a sample, even when judging its answer throws.
        const attempt = { slot, attempt: waitedMs.length + 1, outcome }
        this.#record(attempt, reply, {
          due: decision.kind === 'wait' ? undefined : due,
          rateLimitMs,
          retryMs: waitedMs.at(-1),
        })
      }
      const since = clock.now()
      await this.sleep(decision.waitMs)
      waitedMs.push(clock.now() - since)
    }
  }

  #send({ service, path }: Base, { method, path: rest, body }: Request, headers: readonly string[]): Promise<Reply> {
    this.hasWaited = this.hasSent = true
    return this.#channel.send(service, { method, path: `${path}${rest}`, headers, body })
  }

  #hear(reply: Reply, url: string): Answer | undefined {
    if (reply.error !== undefined) {
      this.last = undefined
      return reply.status === 0 ? undefined : new ReplyAnswer(reply)
    }
    const cookies = reply.headers['set-cookie']
    if (cookies !== undefined && this.#world.plan.cookies !== false) {
      this.#cookies ??= new CookieStore()
      this.#cookies.keep(cookies, url)
    }
    this.last = new ReplyAnswer(reply)
    return this.last
  }

  #judge(reply: Reply, judge: Judge): Failure | undefined {
    if (reply.error !== undefined) {
      const { outcome, code, message } = reply.error
      return { outcome, key: `${outcome}: ${code}`, message }
    }
    return this.last === undefined ? undefined : judge(this.last, this)
  }

  #record({ slot, attempt, outcome }: Pick<Sample, 'slot' | 'attempt' | 'outcome'>, reply: Reply, waits: Waits): void {
    if (slot === NO_SLOT) return
    const { cycle, iteration, index } = this
    this.#world.observer.sample(sampleOf({ slot, cycle, agent: index - 1, iteration, attempt, outcome }, reply, waits))
  }
}

/** Stopped while it waited for its turn, or for another: nothing was sent, so there is no sample. */
const notSent: Failure = {
  outcome: 'aborted',
  key: 'aborted: before it was sent',
  message: 'stopped before it was sent',
}
