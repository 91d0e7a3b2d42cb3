// One agent: its names, memory, cookies and its way to the services. Sends requests under the rate
// limit and turns each into exactly one Sample. Which steps it runs is iteration.ts's business.
import type { Answer, Judge, Request, StepContext } from '../actions/action.ts'
import type { Clock } from '../clock.ts'
import type { RateLimiter } from '../limits/rate-limit.ts'
import type { Plan } from '../plan/plan.ts'
import type { Random, Seed } from '../random.ts'
import type { Failure, Outcome } from '../sample.ts'
import { ReplyAnswer } from './answer.ts'
import { CookieStore } from './cookies.ts'
import type { Observer } from './observer.ts'
import { sampleOf } from './measure.ts'
import { NO_SLOT } from './program.ts'
import type { CompiledStep } from './program.ts'
import type { Channel, Reply, Transport } from './transport.ts'

/** What all agents of a run share. */
export interface World {
  readonly plan: Plan
  readonly clock: Clock
  readonly seed: Seed
  readonly transport: Transport
  readonly limiter: RateLimiter | undefined
  readonly observer: Observer
  /** What `setup` extracted: `{{setup.*}}`. */
  readonly setup: Record<string, unknown>
  /** Parsed once, by service name. */
  readonly baseUrls: ReadonlyMap<string, URL>
}

/** A request with its answer, kept for examples. */
export interface Sent {
  readonly request: Request
  /** With the jar's cookies. */
  readonly headers: readonly string[]
  readonly url: string
  readonly answer: Answer | undefined
}

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

  readonly #world: World
  readonly #channel: Channel
  readonly #agent: Readonly<Record<string, unknown>>
  readonly #memory: Record<string, unknown> = Object.create(null)
  #cookies: CookieStore | undefined
  #step: CompiledStep | undefined
  #random: Random | undefined
  #correlationId: string | undefined
  /** Cuts off what is under way when a graceful stop is over, the run's or this group's. */
  #cut = new AbortController()

  /** @param index from 1 */
  constructor(world: World, group: string | undefined, index: number, vars: Readonly<Record<string, unknown>>) {
    this.#world = world
    this.#channel = world.transport.channel()
    this.group = group
    this.index = index
    this.id = group === undefined ? 'setup' : `${group}-${index}`
    this.#agent = { id: this.id, index, group: group ?? '', vars }
  }

  begin(cycle: number, iteration: number): void {
    this.cycle = cycle
    this.iteration = iteration
    this.vars = Object.create(null)
    this.last = undefined
    this.lastSent = undefined
    this.hasWaited = false
    if (this.#cut.signal.aborted) this.#cut = new AbortController()
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
    this.#cut.abort()
    this.#channel.abort()
  }

  get stopped(): boolean {
    return this.#cut.signal.aborted
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
    await this.#world.clock.sleep(ms, this.#cut.signal)
  }

  check(slot: number, held: boolean): void {
    if (slot !== NO_SLOT) this.#world.observer.check(slot, held)
  }

  remember(name: string, value: unknown): void {
    this.#memory[name] = value
  }

  async request(slot: number, request: Request, judge: Judge): Promise<Failure | undefined> {
    const { clock, limiter, plan, baseUrls, observer } = this.#world
    const service = plan.services[request.service]
    const base = baseUrls.get(request.service)
    if (service === undefined || base === undefined) throw new Error(`the plan has no service "${request.service}"`)
    const due = clock.now()
    let waitedMs = 0
    if (limiter !== undefined) {
      waitedMs = await limiter.acquire(this.#cut.signal)
      if (this.stopped) return notSent
    }
    const path = base.pathname === '/' ? request.path : `${base.pathname}${request.path}`
    const url = `${base.origin}${path}`
    const headers = this.#cookies === undefined ? request.headers : this.#cookies.addTo(request.headers, url)
    this.hasWaited = true
    const reply = await this.#channel.send(service, { method: request.method, path, headers, body: request.body })
    const answer = this.#hear(reply, url)
    this.sent = this.lastSent = { request, headers, url, answer }
    let outcome: Outcome = 'failed'
    try {
      const failure = this.#judge(reply, answer, judge)
      outcome = failure?.outcome ?? 'ok'
      return failure
    } finally {
      // A request that was sent is a sample, even when judging its answer throws.
      if (slot !== NO_SLOT) {
        const { cycle, iteration, index } = this
        const waits = { due, rateLimitMs: limiter === undefined ? undefined : waitedMs }
        observer.sample(sampleOf({ slot, cycle, agent: index - 1, iteration, outcome }, reply, waits))
      }
    }
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

  #judge(reply: Reply, answer: Answer | undefined, judge: Judge): Failure | undefined {
    if (reply.error !== undefined) {
      const { outcome, code, message } = reply.error
      return { outcome, key: `${outcome}: ${code}`, message }
    }
    return answer === undefined ? undefined : judge(answer, this)
  }
}

/** Stopped while it waited for its turn: nothing was sent, so there is no sample. */
const notSent: Failure = {
  outcome: 'aborted',
  key: 'aborted: before it was sent',
  message: 'stopped before it was sent',
}

function lastResponse(answer: Answer): Readonly<Record<string, unknown>> {
  const json = answer.json()
  const body = 'value' in json ? json.value : answer.text()
  return { status_code: answer.status, headers: answer.headers, body, latency_ms: answer.latencyMs }
}
