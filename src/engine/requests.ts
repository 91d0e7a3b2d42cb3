// One agent's way to the services: sends a step's request under limits and pressure, again when its answer
// asks for that, has each answer judged and turns each attempt into exactly one Sample.
import type { Answer, Judge, Request } from '../actions/action.ts'
import { NOT_ADMITTED } from '../limits/rate-limit.ts'
import type { Drawn } from '../pressure/draw.ts'
import type { Pressure } from '../pressure/pressure.ts'
import type { Failure, Outcome } from '../sample.ts'
import { ReplyAnswer } from './answer.ts'
import type { BreakerGuard } from './breaker-guard.ts'
import type { AgentContext } from './context.ts'
import { CookieStore } from './cookies.ts'
import { sampleOf } from './measure.ts'
import type { Waits } from './measure.ts'
import { asInjected, injectedReply, sendWithin } from './pressure.ts'
import { NO_SLOT } from './program.ts'
import { decideRetry, withNote } from './retry-after.ts'
import type { Channel, Reply } from './transport.ts'
import type { Ask, World } from './world.ts'

export class Requests {
  readonly #world: World
  readonly #agent: AgentContext
  readonly #channel: Channel
  #cookies: CookieStore | undefined

  constructor(world: World, agent: AgentContext) {
    this.#world = world
    this.#agent = agent
    this.#channel = world.transport.channel()
  }

  begin(): void {
    if (this.#world.plan.cookies === 'iteration') this.#cookies = undefined
  }

  /** Ends the one under way as `aborted`. */
  abort(): void {
    this.#channel.abort()
  }

  request(ask: Ask): Promise<Failure | undefined> {
    const { guard } = this.#world
    return guard === undefined || this.#agent.hasSent || !this.#agent.isLoad
      ? this.#exchange(ask)
      : this.#first(ask, guard)
  }

  /** Held back while it is not known whether the services answer as expected. */
  async #first(ask: Ask, guard: BreakerGuard): Promise<Failure | undefined> {
    const heldMs = await guard.enter(this.#agent, this.#agent.signal)
    if (heldMs === NOT_ADMITTED) return notSent
    const failure = await this.#exchange({ ...ask, heldMs })
    if (failure === undefined) guard.answered(this.#agent)
    return failure
  }

  async #exchange({ slot, request, judge, due, heldMs }: Ask): Promise<Failure | undefined> {
    const { clock, limiter } = this.#world
    const agent = this.#agent
    const pressure = agent.pressureOn(request.service)
    const waitedMs: number[] = []
    let retryMs: number | undefined
    for (let attempt = 1, repeats = 0; ; attempt++) {
      const drawn = pressure === undefined ? undefined : await this.#press(pressure)
      let rateLimitMs =
        limiter === undefined || drawn?.failure !== undefined
          ? undefined
          : await limiter.acquire(agent.signal, request.service)
      if (agent.stopped) return notSent
      if (heldMs !== undefined && attempt === 1) rateLimitMs = heldMs + (rateLimitMs ?? 0)
      const reply = await this.#send(request, drawn)
      const decision = decideRetry(agent.last, request, waitedMs, clock.epoch())
      let outcome: Outcome = decision.then === 'judge' ? 'failed' : 'rate_limited'
      let failure: Failure | undefined
      try {
        if (decision.then === 'fail') failure = decision.failure
        if (decision.then === 'judge') {
          failure = withNote(this.#judge(reply, judge), decision)
          outcome = failure?.outcome ?? 'ok'
        }
      } finally {
        // A request that was sent is a sample, even when judging its answer throws.
        const what = { slot: this.#slot(slot, reply, repeats > 0), attempt, outcome }
        this.#record(what, reply, { due: decision.then === 'wait' ? undefined : due, rateLimitMs, retryMs })
      }
      retryMs = undefined
      if (decision.then === 'wait') {
        const since = clock.now()
        await agent.sleep(decision.waitMs)
        retryMs = clock.now() - since
        waitedMs.push(retryMs)
      } else if (agent.stopped || repeats++ >= (pressure?.retryCount ?? 0)) return failure
      else agent.pressure?.countRepeat()
    }
  }

  /** Waits what was drawn for this attempt; neither limits nor services see that time. */
  async #press(pressure: Pressure): Promise<Drawn | undefined> {
    const drawn = this.#agent.drawPressure(pressure)
    if (drawn !== undefined && drawn.latencyMs > 0) {
      this.#agent.hasWaited = true
      await this.#world.clock.sleep(drawn.latencyMs, this.#agent.signal)
    }
    return drawn
  }

  async #send(request: Request, drawn: Drawn | undefined): Promise<Reply> {
    const { plan, baseUrls, clock } = this.#world
    const agent = this.#agent
    const service = plan.services[request.service]
    const base = baseUrls.get(request.service)
    if (service === undefined || base === undefined) throw new Error(`the plan has no service "${request.service}"`)
    const path = base.pathname === '/' ? request.path : `${base.pathname}${request.path}`
    const url = `${base.origin}${path}`
    const headers = this.#cookies === undefined ? request.headers : this.#cookies.addTo(request.headers, url)
    agent.hasWaited = agent.hasSent = true
    const mock = plan.mock === undefined ? undefined : request.mock?.(agent)
    const wire = { method: request.method, path, headers, body: request.body, mock }
    const reply = await (drawn === undefined
      ? this.#channel.send(service, wire)
      : drawn.failure !== undefined
        ? injectedReply(drawn.failure, base.host, clock.now())
        : drawn.patienceMs === undefined
          ? this.#channel.send(service, wire)
          : sendWithin(drawn.patienceMs, { channel: this.#channel, clock, service, wire }))
    const answer = this.#hear(reply, url)
    agent.sent = agent.lastSent = { request, headers, url, answer }
    return reply
  }

  #hear(reply: Reply, url: string): Answer | undefined {
    const agent = this.#agent
    if (reply.error !== undefined) {
      agent.last = undefined
      return reply.status === 0 ? undefined : new ReplyAnswer(reply)
    }
    const cookies = reply.headers['set-cookie']
    if (cookies !== undefined && this.#world.plan.cookies !== false) {
      this.#cookies ??= new CookieStore()
      this.#cookies.keep(cookies, url)
    }
    agent.last = new ReplyAnswer(reply)
    return agent.last
  }

  #judge(reply: Reply, judge: Judge): Failure | undefined {
    const { last } = this.#agent
    if (reply.error === undefined) {
      const failure = last === undefined ? undefined : judge(last, this.#agent)
      return reply.isInjected === true ? asInjected(failure) : failure
    }
    const { outcome, code, message } = reply.error
    const failure = { outcome, key: `${outcome}: ${code}`, message }
    return reply.isInjected === true ? asInjected({ ...failure, key: outcome }) : failure
  }

  /** What pressure made is counted apart from what services and agents did. */
  #slot(slot: number, reply: Reply, isRepeat: boolean): number {
    const twins = this.#world.plan.slots[slot]?.twins
    if (twins === undefined) return slot
    return reply.isInjected === true ? twins.injected : isRepeat ? twins.repeat : slot
  }

  #record(attempt: { slot: number; attempt: number; outcome: Outcome }, reply: Reply, waits: Waits): void {
    if (attempt.slot === NO_SLOT) return
    const { cycle, iteration, index } = this.#agent
    this.#world.observer.sample(sampleOf({ ...attempt, cycle, agent: index - 1, iteration }, reply, waits))
  }
}

/** Stopped while it waited for its turn, or for another: nothing was sent, so there is no sample. */
const notSent: Failure = {
  outcome: 'aborted',
  key: 'aborted: before it was sent',
  message: 'stopped before it was sent',
}
